import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Requests builds from a process of its own, in schemas that are made anew, and resolves when it has ended. */
export async function requestBuilds(builds: number): Promise<void> {
  const child = fork(fileURLToPath(new URL('./request-process.ts', import.meta.url)), {
    env: { ...process.env, N: String(builds) },
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('The builds could not be requested: see above.');
}
