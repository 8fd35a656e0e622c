/** `npm run test:harness -- --runs 500 --parallel 4 --log harness.log`: the random fault harness, by hand. */
import { randomUUID } from 'node:crypto';
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
    seconds: { type: 'string', default: '15' },
    /** Gets one line for each run, and the whole report of one with a violation. */
    log: { type: 'string' },
    /** `--only kill,pause`: these faults and no others. */
    only: { type: 'string' },
    /** `--fix '{"policy":"lookup"}'`: instead of what the seed draws. */
    fix: { type: 'string', default: '{}' },
    /** `--without lease-check`: takes the fix of A1 out of the worker processes, to see that the harness finds it. */
    without: { type: 'string' },
    /** Ends at the first violation. */
    stop: { type: 'boolean', default: false },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-harness-'));
const program = await bundleWorker<HarnessWorkerSettings>(new URL('./worker-process.ts', import.meta.url));
const only = values.only?.split(',') as FaultKind[] | undefined;
const fixed = { ...JSON.parse(values.fix), ...(only && { only }) };
const base = values.seed ?? randomUUID().slice(0, 8);
let next = 0;
let failed = 0;

const say = async (text: string) => {
  console.log(text);
  if (values.log) await appendFile(values.log, `${text}\n`);
};

/** Makes runs one after the other, on a server of its own, until there is none left. */
const work = async () => {
  const server = await startRestartableServer();
  try {
    while (next < Number(values.runs) && !(values.stop && failed > 0)) {
      const seed = values.seed && values.runs === '1' ? base : `${base}-${next}`;
      next += 1;
      const plan = planOf(seed, Number(values.seconds), fixed);
      const result = await run(plan, {
        program,
        server,
        folder,
        withoutLeaseCheck: values.without === 'lease-check',
      });
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
  }
};

await Promise.all(Array.from({ length: Number(values.parallel) }, work));
await program.remove();
console.log(`${next} runs, ${failed} with violations`);
process.exit(failed > 0 ? 1 : 0);
