import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Running } from './listen.js';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
/** What the example needs besides the package, and what the package needs. */
const packages = [
  'next',
  'react',
  'react-dom',
  'typescript',
  '@types/node',
  '@types/react',
  'pg',
  'nodemailer',
];
const ofThePackage = ['ky', 'neverthrow', 'p-retry', 'zod'];

/** The example for Next.js, built. */
export interface NextHost {
  /** Starts a process of it, with these settings and no others. */
  readonly start: (settings?: Readonly<Record<string, string>>) => Promise<Running>;
  readonly remove: () => Promise<void>;
}

/** Builds the example as a project of its own, with the package installed and some files added. */
export async function buildNextHost(files: Readonly<Record<string, string>>): Promise<NextHost> {
  const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-next-'));
  const remove = () => rm(folder, { recursive: true });
  const put = async (path: string, content: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  const install = async (name: string) => {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(await realpath(join(root, 'node_modules', name)), link, 'junction');
  };
  const tool = (cwd: string, script: string, args: readonly string[], settings = {}) =>
    spawn(process.execPath, [join(folder, 'node_modules', script), ...args], {
      cwd,
      env: { PATH: process.env.PATH, HOME: folder, NEXT_TELEMETRY_DISABLED: '1', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const next = (args: readonly string[], settings = {}) =>
    tool(folder, 'next/dist/bin/next', args, { NODE_ENV: 'production', ...settings });

  const start = async (settings = {}): Promise<Running> => {
    const server = next(['start', '-p', '0', '-H', '127.0.0.1'], settings);
    // Neither pipe may fill up.
    server.stderr.resume();
    return {
      url: await addressIn(server.stdout),
      stop: async () => {
        const closed = once(server, 'close');
        server.kill('SIGKILL');
        await closed;
      },
    };
  };

  try {
    await cp(join(root, 'examples', 'next-host'), folder, {
      recursive: true,
      // What somebody has left who ran it in its place.
      filter: (path) => !/[\\/](\.next|node_modules|next-env\.d\.ts)$/.test(path),
    });
    await put('package.json', '{ "private": true }\n');
    for (const [path, content] of Object.entries(files)) await put(path, content);
    for (const name of [...packages, ...ofThePackage, 'tsup']) await install(name);
    const dist = join(folder, 'node_modules', 'wrk-builds', 'dist');
    await ended(tool(root, 'tsup/dist/cli-default.js', ['--no-dts', '--silent', '--out-dir', dist]));
    await cp(join(root, 'package.json'), join(dist, '..', 'package.json'));
    await ended(next(['build']));
  } catch (problem) {
    await remove();
    throw problem;
  }
  return { start, remove };
}

async function ended(child: ChildProcessByStdio<null, Readable, Readable>): Promise<void> {
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`${child.spawnargs.join(' ')} failed:\n${(await said).join('\n')}`);
}

async function addressIn(output: Readable): Promise<string> {
  const lines = createInterface({ input: output });
  let url = '';
  let printed = '';
  for await (const line of lines) {
    printed += `${line}\n`;
    url ||= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
    if (line.includes('Ready in') && url !== '') {
      // It would stop for want of a reader once the pipe is full.
      output.resume();
      return url;
    }
  }
  throw new Error(`next start ended without an address:\n${printed}`);
}
