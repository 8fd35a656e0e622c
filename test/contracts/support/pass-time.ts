import { setTimeout as sleep } from 'node:timers/promises';
import type { RunScript } from './postgres-host.js';

/** A shorter wait costs less than what moving rows would: versions of rows that a case may be about. */
const WORTH_MOVING_MS = 80;

/** Every time that the library keeps. */
const TIMES: Readonly<Record<string, readonly string[]>> = {
  workflow_bindings: ['run_at', 'lease_until', 'follow_up_at', 'created_at', 'updated_at'],
  workflow_calls: ['started_at', 'closed_at'],
  messages: ['run_at', 'lease_until', 'handed_until', 'dead_at', 'created_at'],
  notification_deliveries: ['updated_at'],
  in_app_notifications: ['created_at', 'read_at'],
  idempotency_answers: ['created_at'],
  claim_limits: ['refilled_at'],
  circuit_breakers: ['told_at', 'opened_at', 'next_probe_at', 'updated_at'],
};

const moveBack = (ms: number): string =>
  Object.entries(TIMES)
    .map(([table, columns]) => {
      const sets = columns.map((column) => `${column} = ${column} - interval '${ms} milliseconds'`);
      return `update wrk_builds.${table} set ${sets.join(', ')};`;
    })
    .join('\n');

/**
 * Lets time pass for the library's rows: a short wait is a real one, and for a long one everything that is stored
 * becomes so much older.
 */
export async function passTime(script: RunScript, ms: number): Promise<void> {
  if (ms < WORTH_MOVING_MS) await sleep(ms);
  else await script(moveBack(ms));
}
