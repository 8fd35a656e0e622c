import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { environmentOf, type WorkerSettings } from './settings.js';

const PLAIN_WORKER = new URL('./worker-process.ts', import.meta.url);

/** A worker process that runs. */
export interface RunningWorker {
  /** Ends it with SIGKILL, and resolves when it is gone. Throws if it had ended by itself. */
  readonly kill: () => Promise<void>;
  /** Throws, with what it complained of, if it has ended by itself. */
  readonly mustRun: () => void;
  /** Stands still from now on, with SIGSTOP, as a machine that is suspended. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Asks it to end, with SIGTERM. */
  readonly stop: () => void;
  /** Writes a line to its standard input. */
  readonly tell: (line: string) => void;
  /** Resolves when it has ended, however that came. */
  readonly ended: Promise<WorkerEnd>;
}

/** How a process ended, and what it wrote to its standard error. */
interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly complaints: string;
}

/** The worker process in one file: it starts in a third of the time that its sources take. */
export interface WorkerProgram<Settings extends object = WorkerSettings> {
  readonly start: (settings: Settings) => RunningWorker;
  readonly remove: () => Promise<void>;
}

/** Bundles a worker process: the plain one, or another that reads its settings the same way. */
export async function bundleWorker<Settings extends object = WorkerSettings>(
  entry = PLAIN_WORKER,
): Promise<WorkerProgram<Settings>> {
  const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-worker-'));
  await build({
    config: false,
    silent: true,
    entry: { worker: fileURLToPath(entry) },
    outDir: folder,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    noExternal: [/./],
    external: ['pg-native'],
    loader: { '.sql': 'text' },
  });
  return {
    start: (settings) => startWorker(join(folder, 'worker.cjs'), settings),
    remove: () => rm(folder, { recursive: true }),
  };
}

function startWorker(program: string, settings: object): RunningWorker {
  const child = spawn(process.execPath, [program], {
    env: environmentOf(settings),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaints = '';
  const ended = once(child, 'close').then(([code, signal]): WorkerEnd => ({ code, signal, complaints }));
  // What is written to a process that has just ended goes nowhere.
  child.stdin.on('error', () => {});
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const mustRun = () => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The worker process ended by itself:\n${complaints}`);
  };
  return {
    mustRun,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: () => void child.kill('SIGTERM'),
    tell: (line) => void child.stdin.write(`${line}\n`),
    ended,
    kill: async () => {
      mustRun();
      child.kill('SIGKILL');
      await ended;
    },
  };
}
