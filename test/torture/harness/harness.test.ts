import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithPostgres } from '../../support/database.js';
import { bundleWorker, type WorkerProgram } from '../../support/processes/start-worker.js';
import { redisProgram } from '../../support/redis-server.js';
import { startRestartableServer } from '../../support/restartable-server.js';
import { type Fixed, planOf } from './plan.js';
import { reportOf } from './report.js';
import { run } from './run.js';
import type { HarnessWorkerSettings } from './worker-settings.js';

const SECONDS = 15;

/** Each way to prevent duplicates once; the rest is as the seed draws it. */
const RUNS: readonly (readonly [string, Fixed])[] = [
  ['by key', { policy: 'key', engine: 'pg-boss' }],
  ['by lookup', { policy: 'lookup', engine: 'none' }],
  ['with neither and stop', { policy: 'stop', host: 'foreign' }],
  ['with neither and retry', { policy: 'retry', engine: redisProgram ? 'bullmq' : 'none' }],
];

describeWithPostgres.concurrent(`random faults, for ${SECONDS} s`, () => {
  let folder: string;
  let program: WorkerProgram<HarnessWorkerSettings>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wrk-builds-harness-'));
    program = await bundleWorker(new URL('./worker-process.ts', import.meta.url));
  });
  afterAll(async () => {
    await program?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(RUNS)('%s: no invariant is broken', { timeout: 300_000 }, async (name, fixed) => {
    const plan = planOf(`fixed ${name}`, SECONDS, fixed);
    const server = await startRestartableServer();
    try {
      const result = await run(plan, { program, server, folder, withoutLeaseCheck: false });
      const violations = result.findings.filter(({ kind }) => kind === 'violation');
      expect(violations, reportOf(result)).toEqual([]);
      expect(result.counts.posts, 'builds were made meanwhile').toBeGreaterThan(0);
      expect(plan.faults.length).toBeGreaterThan(10);
    } finally {
      await server.stop();
    }
  });
});
