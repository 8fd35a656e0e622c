import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Running } from './listen.js';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
const packages = ['next', 'react', 'react-dom', 'typescript', '@types/node', '@types/react'];

/**
 * The example for Next.js, built and started as a project of its own, with some files replaced or added. It finds the
 * package as an installed one, so what is in `dist`.
 */
export async function startNextHost(files: Readonly<Record<string, string>>): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-next-'));
  const put = async (path: string, content: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  const install = async (name: string, from: string) => {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(await realpath(from), link, 'junction');
  };
  const next = (...args: string[]) =>
    spawn(process.execPath, [join('node_modules', 'next', 'dist', 'bin', 'next'), ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  try {
    await cp(join(root, 'examples', 'next-host'), folder, {
      recursive: true,
      // What somebody has left who ran it in its place.
      filter: (path) => !/[\\/](\.next|node_modules|next-env\.d\.ts)$/.test(path),
    });
    await put('package.json', '{ "private": true }\n');
    for (const [path, content] of Object.entries(files)) await put(path, content);
    for (const name of packages) await install(name, join(root, 'node_modules', name));
    await install('wrk-builds', root);

    const build = next('build');
    const [[exitCode], output, complaints] = await Promise.all([
      once(build, 'close'),
      text(build.stdout),
      text(build.stderr),
    ]);
    if (exitCode !== 0) throw new Error(`next build failed:\n${output}\n${complaints}`);

    const server = next('start', '-p', '0', '-H', '127.0.0.1');
    server.stderr.resume();
    const url = await addressIn(server.stdout);
    return {
      url,
      stop: async () => {
        const closed = once(server, 'close');
        server.kill('SIGKILL');
        await closed;
        await rm(folder, { recursive: true });
      },
    };
  } catch (problem) {
    await rm(folder, { recursive: true });
    throw problem;
  }
}

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
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
