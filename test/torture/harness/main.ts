/** `npm run test:harness -- --runs 500 --parallel 4 --log harness.log`: the random fault harness, by hand. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleWorker } from '../../support/processes/start-worker.js';
import { startRestartableServer } from '../../support/restartable-server.js';
import { type FaultKind, planOf } from './plan.js';
import { reportOf, summaryOf } from './report.js';
import { run } from './run.js';
import type { HarnessWorkerSettings } from './worker-settings.js';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    /** The first; the following are numbered from it. */
    seed: { type: 'string' },
    parallel: { type: 'string', default: '1' },
    /** Which of the parallel processes this is, from 0. Whoever leaves it out starts them all. */
    slot: { type: 'string' },
    seconds: { type: 'string', default: '15' },
    /** Gets one line for each run, and the whole report of one with a violation. */
    log: { type: 'string' },
    /** `--only kill,pause`: these faults and no others. */
    only: { type: 'string' },
    /** `--fix '{"policy":"lookup"}'`: instead of what the seed draws. */
    fix: { type: 'string', default: '{}' },
    /** `--without lease-check`: takes the fix of A1 out of the worker processes, to see that the harness finds it. */
    without: { type: 'string' },
    /** Each process ends at its first violation. */
    stop: { type: 'boolean', default: false },
  },
});

const runs = Number(values.runs);
const parallel = Number(values.parallel);
const base = values.seed ?? randomUUID().slice(0, 8);

const say = async (text: string) => {
  console.log(text);
  if (values.log) await appendFile(values.log, `${text}\n`);
};

process.exit(parallel > 1 && !values.slot ? await startSlots() : await workOff(Number(values.slot ?? 0)));

/** A process for each of the parallel runs: what one of them does holds up nobody else's WRK, mail server and clock. */
async function startSlots(): Promise<number> {
  const given = [...process.execArgv, ...process.argv.slice(1), '--seed', base];
  const codes = await Promise.all(
    Array.from({ length: parallel }, async (_, slot) => {
      const child = spawn(process.execPath, [...given, '--slot', `${slot}`], { stdio: 'inherit' });
      const [code] = await once(child, 'exit');
      return code === 0 ? 0 : 1;
    }),
  );
  return Math.max(...codes);
}

/** Makes every run whose turn it is in this slot, one after the other, on a server of its own. */
async function workOff(slot: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-harness-'));
  const program = await bundleWorker<HarnessWorkerSettings>(new URL('./worker-process.ts', import.meta.url));
  const server = await startRestartableServer();
  const only = values.only?.split(',') as FaultKind[] | undefined;
  const fixed = { ...JSON.parse(values.fix), ...(only && { only }) };
  let made = 0;
  let failed = 0;
  try {
    for (let next = slot; next < runs && !(values.stop && failed > 0); next += parallel) {
      const plan = planOf(
        values.seed && runs === 1 ? base : `${base}-${next}`,
        Number(values.seconds),
        fixed,
      );
      const withoutLeaseCheck = values.without === 'lease-check';
      const result = await run(plan, { program, server, folder, withoutLeaseCheck });
      made += 1;
      await say(summaryOf(result));
      if (result.findings.every(({ kind }) => kind !== 'violation')) {
        await Promise.all(result.logs.map((path) => rm(path, { force: true })));
        continue;
      }
      failed += 1;
      await say(reportOf(result));
    }
  } finally {
    await server.stop();
    await program.remove();
  }
  await say(`slot ${slot}: ${made} runs, ${failed} with violations`);
  return failed > 0 ? 1 : 0;
}
