import type { ChildProcess } from 'node:child_process';

/** Resolves once the server has said that it is ready; rejects with what it said when it ends before. */
export const whenReady = (
  server: ChildProcess,
  { name, says, on }: { readonly name: string; readonly says: string; readonly on: 'stdout' | 'stderr' },
): Promise<void> =>
  new Promise((resolve, reject) => {
    let log = '';
    server[on]?.on('data', (chunk: Buffer) => {
      if (log.includes(says)) return;
      log += chunk.toString();
      if (log.includes(says)) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${log.trim()}`)));
  });

/** Ends a server whose shell waits for its pipe to close. */
export const stopByPipe = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.stdin?.end();
  await ended;
};
