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
  /** The same for what goes to stderr. */
  readonly logged: (text: string) => Promise<string>;
  readonly finished: Promise<Finished>;
}

/** Starts an example in a process of its own, on the sources instead of a build; only `environment` reaches it. */
export function startExample(
  main: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Started {
  return start(process.execPath, ['--import', 'tsx', '--import', sqlLoader, main, ...args], {
    TSX_TSCONFIG_PATH: 'tsconfig.json',
    ...environment,
  });
}

/** Starts a script of `package.json`, as somebody at a terminal does; only `environment` reaches it. */
export function startScript(script: string, environment: Readonly<Record<string, string>> = {}): Started {
  return start('npm', ['run', script], { HOME: process.env.HOME, ...environment });
}

function start(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Started {
  const child = spawn(command, args, {
    cwd: root,
    env: { PATH: process.env.PATH, ...environment },
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
  const waitFor = (stream: typeof child.stdout, read: () => string, text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (read().includes(text)) resolve(read());
      };
      stream.on('data', look);
      child.once('close', () => reject(new Error(`It ended without “${text}”:\n${output}\n${complaints}`)));
      look();
    });
  return {
    process: child,
    printed: (text) => waitFor(child.stdout, () => output, text),
    logged: (text) => waitFor(child.stderr, () => complaints, text),
    finished: once(child, 'close').then(([exitCode]) => ({ exitCode, output, complaints })),
  };
}
