import type { CircuitBreakerRecord } from '../../../src/core/build/circuit-breaker-facts.js';
import { DEFAULT_CIRCUIT_BREAKER_POLICY } from '../../../src/core/circuit-breaker/circuit-breaker.js';
import {
  type CircuitBreakerTransition,
  decideCircuitBreakers,
} from '../../../src/core/circuit-breaker/decide-circuit-breakers.js';
import { WRK_ANSWERS } from './circuit-breakers.js';
import { claimedBuild } from './claimed-build.js';

/** What one tenant sends: a build whenever so many milliseconds have passed, and WRK's answer to each. */
export interface SimulatedTenant {
  readonly tenantId: string;
  readonly intervalMs: number;
  readonly answer: (atMs: number) => keyof typeof WRK_ANSWERS;
}

interface Stored {
  readonly record: CircuitBreakerRecord;
  readonly openedAt: number;
  readonly probeAt: number;
  readonly toldAt: number;
}

/** What came of it: what happened to whose breaker, and the notifications that were sent. */
export interface SimulatedRun {
  readonly transitions: readonly CircuitBreakerTransition[];
  /** Templates of the mails, with the time and the tenant they were sent for. */
  readonly mails: readonly { readonly atMs: number; readonly template: string; readonly tenantId: string }[];
  /** Calls that reached WRK, by tenant. */
  readonly calls: ReadonlyMap<string, number>;
}

/** Time passes in steps; a build that a breaker holds back is tried again in the next one. */
export function simulateCircuitBreakers(
  tenants: readonly SimulatedTenant[],
  untilMs: number,
  stepMs = 100,
): SimulatedRun {
  const stored = new Map<string | null, Stored>();
  const transitions: CircuitBreakerTransition[] = [];
  const mails: SimulatedRun['mails'][number][] = [];
  const calls = new Map<string, number>();
  const dueAt = new Map(tenants.map(({ tenantId }) => [tenantId, 0]));
  let decisions = 0;

  const at = (nowMs: number, scopes: readonly (string | null)[]) =>
    scopes.flatMap((scope) => {
      const row = stored.get(scope);
      if (!row) return [];
      const { record, openedAt, probeAt, toldAt } = row;
      const open = record.open && {
        ...record.open,
        openForMs: nowMs - openedAt,
        nextProbeInMs: Math.max(0, probeAt - nowMs),
      };
      return [{ ...record, open, told: record.told && { ...record.told, msAgo: nowMs - toldAt } }];
    });

  for (let nowMs = 0; nowMs < untilMs; nowMs += stepMs) {
    for (const { tenantId, intervalMs, answer } of tenants) {
      if ((dueAt.get(tenantId) ?? 0) > nowMs) continue;
      const circuitBreakers = at(nowMs, [null, tenantId]);
      if (circuitBreakers.some(({ open }) => open !== null && open.nextProbeInMs > 0)) continue;
      dueAt.set(tenantId, nowMs + intervalMs);
      calls.set(tenantId, (calls.get(tenantId) ?? 0) + 1);
      decisions += 1;
      const { binding } = claimedBuild();
      const build = claimedBuild({ tenantId, circuitBreakers, binding: { ...binding, id: `${decisions}` } });
      const decision = decideCircuitBreakers(
        circuitBreakers,
        [{ build, answer: WRK_ANSWERS[answer(nowMs)] }],
        DEFAULT_CIRCUIT_BREAKER_POLICY,
        { channels: { slack: false }, version: `version ${decisions}` },
      );
      for (const { tenantId: scope, next } of decision.changes) {
        const before = stored.get(scope);
        if (!next) {
          stored.delete(scope);
          continue;
        }
        const { tells, ...state } = next;
        stored.set(scope, {
          record: {
            ...state,
            tenantId: scope,
            open: next.open && { ...next.open, openForMs: 0 },
            told: tells ? { reason: tells, msAgo: 0 } : (before?.record.told ?? null),
          },
          openedAt: before?.record.open ? before.openedAt : nowMs,
          probeAt: nowMs + (next.open?.nextProbeInMs ?? 0),
          toldAt: tells ? nowMs : (before?.toldAt ?? 0),
        });
      }
      transitions.push(...decision.transitions);
      for (const { body } of decision.messages)
        if (body.kind === 'notification' && body.channel === 'email')
          mails.push({ atMs: nowMs, template: body.template, tenantId: body.tenantId });
    }
  }
  return { transitions, mails, calls };
}
