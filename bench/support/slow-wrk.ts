import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What the stand-in has seen so far. */
export interface SeenByWrk {
  readonly calls: number;
  readonly inFlight: number;
  /** The most calls in flight at once. */
  readonly peak: number;
}

/** Starts the stand-in for WRK; `environment` is CALL_MS, STATUS and RETRY_AFTER. */
export async function startSlowWrk(environment: Readonly<Record<string, string>>) {
  const child = fork(fileURLToPath(new URL('./wrk-process.ts', import.meta.url)), {
    env: { ...process.env, ...environment },
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    seen: async (): Promise<SeenByWrk> => {
      const answer = once(child, 'message') as Promise<[SeenByWrk]>;
      child.send('seen');
      return (await answer)[0];
    },
    stop: () => child.disconnect(),
  };
}
