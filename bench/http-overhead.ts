/**
 * What the HTTP surface costs beside calling `requestBuild` directly: in one run and under load, rounds alternating, each
 * request for a build of its own, of a 12-node blueprint.
 *
 * - `direct`: `requestBuild` itself, without HTTP
 * - `plain`: a bare `node:http` server that calls it and checks nothing
 * - `handler`: `nodeListener(createBuildsHandler(…))`
 *
 * In memory, and on the Postgres of DATABASE_URL if it is set. ROUNDS (default 7) of N (default 1,000) requests,
 * CALLERS (default 16) at a time. Servers and load generator are processes of their own. Compare only figures of one run.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import type { ReadyVersion } from './support/fill-schemas.js';
import type { Answer, Command } from './support/http-commands.js';

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const N = Number(process.env.N ?? 1_000);
const CALLERS = Number(process.env.CALLERS ?? 16);
const WAYS = ['direct', 'plain', 'handler'] as const;

/** Loads a server with one request for each version, and says how long each took, in milliseconds. */
async function load(port: number, versions: readonly ReadyVersion[]): Promise<readonly number[]> {
  const durations: number[] = [];
  let next = 0;
  const running = autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: CALLERS,
    amount: versions.length,
    requests: [
      {
        setupRequest: (request) => {
          const version = versions[next++ % versions.length];
          return {
            ...request,
            method: 'PATCH',
            path: `/v1/automation-versions/${version?.id}/status`,
            headers: { 'content-type': 'application/json', 'x-tenant': `${version?.tenant_id}` },
            body: '{"status":"Build in Progress"}',
          };
        },
      },
    ],
  });
  running.on('response', (_client, _status, _bytes, milliseconds: number) => durations.push(milliseconds));
  const { non2xx, errors } = await running;
  if (non2xx > 0 || errors > 0) throw new Error(`${non2xx} requests were refused, ${errors} failed.`);
  return durations;
}

async function measure(storage: 'memory' | 'postgres'): Promise<void> {
  const child = fork(fileURLToPath(new URL('./support/http-servers.ts', import.meta.url)), {
    // The first round warms up and is not counted.
    env: { ...process.env, STORAGE: storage, N: String(N * (ROUNDS + 1) * WAYS.length) },
  });
  const hear = async <Kind extends Answer['kind']>(kind: Kind): Promise<Extract<Answer, { kind: Kind }>> => {
    const [answer] = (await once(child, 'message')) as [Extract<Answer, { kind: Kind }>];
    if (answer.kind !== kind) throw new Error(`Expected ${kind}, not ${answer.kind}.`);
    return answer;
  };
  const ask = <Kind extends Answer['kind']>(command: Command, kind: Kind) => {
    const answer = hear(kind);
    child.send(command);
    return answer;
  };

  const { ports } = await hear('listening');
  const durations = { direct: [] as number[], plain: [] as number[], handler: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    // Whoever comes first in one round comes last in the next.
    for (const way of round % 2 === 0 ? WAYS : WAYS.toReversed()) {
      const { versions } = await ask({ kind: 'prepare', count: N }, 'prepared');
      const taken =
        way === 'direct'
          ? (await ask({ kind: 'call', callers: CALLERS }, 'called')).durations
          : await load(ports[way], versions);
      if (round > 0) durations[way].push(...taken);
    }
  }
  child.disconnect();

  const at = (way: (typeof WAYS)[number], share: number) => {
    const sorted = durations[way].toSorted((left, right) => left - right);
    return sorted[Math.floor(sorted.length * share)] ?? 0;
  };
  const shown = (ms: number) => Math.round(ms * 100) / 100;
  for (const way of WAYS) {
    const [p50, p95] = [at(way, 0.5), at(way, 0.95)];
    const overDirect = { p50: shown(p50 / at('direct', 0.5)), p95: shown(p95 / at('direct', 0.95)) };
    const overPlain = { p50: shown(p50 / at('plain', 0.5)), p95: shown(p95 / at('plain', 0.95)) };
    console.log(
      JSON.stringify({ storage, way, p50_ms: shown(p50), p95_ms: shown(p95), overDirect, overPlain }),
    );
  }
}

await measure('memory');
if (process.env.DATABASE_URL) await measure('postgres');
