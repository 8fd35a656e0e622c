import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const sqlLoader = new URL('./sql-loader.mjs', import.meta.url).href;

/** What an example printed, and how it ended. */
export interface Finished {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly output: string;
  readonly complaints: string;
}

/** An example that runs. */
export interface Started {
  readonly process: ChildProcess;
  /** Resolves once it has printed the text, with everything printed so far; rejects if it ends without. */
  readonly printed: (text: string) => Promise<string>;
  readonly finished: Promise<Finished>;
}

/** Starts an example in a process of its own, on the sources instead of a build; only `environment` reaches it. */
export function startExample(
  main: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Started {
  const child = spawn(process.execPath, ['--import', 'tsx', '--import', sqlLoader, main, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, TSX_TSCONFIG_PATH: 'tsconfig.json', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  return {
    process: child,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.includes(text)) resolve(output);
        };
        child.stdout.on('data', look);
        child.once('close', () => reject(new Error(`It ended without “${text}”:\n${output}\n${complaints}`)));
        look();
      }),
    finished: once(child, 'close').then(([exitCode]) => ({ exitCode, output, complaints })),
  };
}
