/**
 * What a tenant waits while another one sends the largest input that passes every limit, in four loops of previews and
 * requests, over HTTP and on the Postgres of DATABASE_URL. ROUNDS (default 5) alternate between quiet, that input, and
 * one that is refused by its bytes; in each, the neighbour sends N (default 100) previews and as many requests, one at a
 * time. The target: a p95 of at most 250 ms. Compare only figures of one run.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ReadyVersion } from './support/fill-schemas.js';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const N = Number(process.env.N ?? 100);
const WAYS = ['quiet', 'passing', 'refused'] as const;
const LOOPS = 4;

interface Listening {
  readonly port: number;
  readonly passing: ReadyVersion;
  readonly refused: ReadyVersion;
  readonly neighbours: ReadyVersion[];
}

const child = fork(fileURLToPath(new URL('./support/neighbour-server.ts', import.meta.url)), {
  env: { ...process.env, N: String(Math.ceil((N * (ROUNDS + 1) * WAYS.length + 2) * 1.1)) },
});
const [listening] = (await once(child, 'message')) as [Listening];
const { port, neighbours } = listening;

const send = async ({ id, tenant_id }: ReadyVersion, kind: 'preview' | 'request') => {
  const path = kind === 'preview' ? 'prerequisites' : 'status';
  const patch = {
    method: 'PATCH',
    headers: { 'x-tenant': tenant_id, 'content-type': 'application/json' },
    body: '{"status":"Build in Progress"}',
  };
  const startedAt = performance.now();
  const answer = await fetch(
    `http://127.0.0.1:${port}/v1/automation-versions/${id}/${path}`,
    kind === 'preview' ? { headers: { 'x-tenant': tenant_id } } : patch,
  );
  await answer.arrayBuffer();
  return { status: answer.status, ms: performance.now() - startedAt };
};

const durations = new Map<string, number[]>();
const statuses = new Map<string, number>();
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const way of round % 2 === 0 ? WAYS : WAYS.toReversed()) {
    let isOver = false;
    const loop = async (first: number) => {
      for (let n = first; way !== 'quiet' && !isOver; n += 1) {
        const { status } = await send(listening[way], n % 2 === 0 ? 'preview' : 'request');
        const name = `${way} ${status}`;
        statuses.set(name, (statuses.get(name) ?? 0) + 1);
      }
    };
    const loops = Array.from({ length: LOOPS }, (_, n) => loop(n));
    for (const version of neighbours.splice(0, N)) {
      for (const kind of ['preview', 'request'] as const) {
        const { status, ms } = await send(version, kind);
        if (status >= 300) throw new Error(`The neighbour got ${status}.`);
        // The first round warms up and is not counted.
        if (round > 0) durations.set(`${way} ${kind}`, [...(durations.get(`${way} ${kind}`) ?? []), ms]);
      }
    }
    isOver = true;
    await Promise.all(loops);
  }
}
child.disconnect();

const at = (name: string, share: number) => {
  const sorted = (durations.get(name) ?? []).toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
};
const shown = (figure: number) => Math.round(figure * 100) / 100;
for (const kind of ['preview', 'request']) {
  for (const way of WAYS) {
    const [p50, p95] = [at(`${way} ${kind}`, 0.5), at(`${way} ${kind}`, 0.95)];
    const overQuiet = {
      p50: shown(p50 / at(`quiet ${kind}`, 0.5)),
      p95: shown(p95 / at(`quiet ${kind}`, 0.95)),
    };
    console.log(JSON.stringify({ kind, way, p50_ms: shown(p50), p95_ms: shown(p95), overQuiet }));
  }
}
console.log(JSON.stringify(Object.fromEntries(statuses)));
