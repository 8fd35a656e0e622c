/**
 * Builds per second, end to end: request, claim, a call over HTTP, completion, on the Postgres of DATABASE_URL, in the
 * schemas `bench_host` and `bench_builds`, which are dropped first.
 *
 * N (default 4,000) builds of a 12-node blueprint, CALLERS (default 64) requests at a time. Notifications are written
 * and not delivered. Compare only figures of one run on one machine.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { createBuilds } from 'wrk-builds';
import { nodePostgres, postgres } from 'wrk-builds/postgres';
import { wrkHttp } from 'wrk-builds/wrk-http';
import { fillSchemas } from './support/fill-schemas.js';
import { schemas } from './support/schemas.js';

const N = Number(process.env.N ?? 4_000);
const CALLERS = Number(process.env.CALLERS ?? 64);

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
const rows = await fillSchemas(pool, N);

let created = 0;
const server = process.env.WRK_URL
  ? null
  : createServer((request, response) => {
      request.resume().on('end', () => {
        created += 1;
        const id = `wf_${created}`;
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ workflow_id: id, workflow_url: `https://wrk.example/${id}` }));
      });
    }).listen(0, '127.0.0.1');
if (server) await once(server, 'listening');
const port = (server?.address() as AddressInfo | undefined)?.port;
const baseUrl = process.env.WRK_URL ?? `http://127.0.0.1:${port}`;

const startedAt = new Map<string, number>();
const latencies: number[] = [];
let finish = () => {};
const finished = new Promise<void>((resolve) => {
  finish = resolve;
});
const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
const builds = createBuilds({
  ...postgres(nodePostgres(pool), schemas),
  wrk: wrkHttp({ baseUrl, duplicates: { by: 'idempotency-key' } }),
  notifiers: { email: nobody, inApp: nobody },
  resolveRecipients: async () => [],
  onEvent: (event) => {
    if (event.type !== 'build_completed') return;
    latencies.push(performance.now() - (startedAt.get(event.automationVersionId) ?? 0));
    if (latencies.length === N) finish();
  },
});

const workers = builds.startWorkers({
  concurrency: { builds: Number(process.env.BUILDS ?? 128), notifications: 0 },
});
const begun = performance.now();
let next = 0;
const call = async () => {
  for (let row = rows[next++]; row; row = rows[next++]) {
    startedAt.set(row.id, performance.now());
    const answer = await builds.requestBuild({
      tenantId: row.tenant_id,
      automationVersionId: row.id,
      trigger: 'patch_status',
    });
    if (answer.isErr()) throw new Error(answer.error.code);
  }
};
await Promise.all(Array.from({ length: CALLERS }, call));
const requested = performance.now();
await finished;
const ended = performance.now();
await workers.stop();
await pool.end();
server?.close();

latencies.sort((left, right) => left - right);
const at = (share: number) => Math.round(latencies[Math.min(N - 1, Math.floor(N * share))] ?? 0);
console.log(
  JSON.stringify({
    name: 'wrk-builds',
    n: N,
    request_per_s: Math.round((N / (requested - begun)) * 1000),
    e2e_per_s: Math.round((N / (ended - begun)) * 1000),
    p50_ms: at(0.5),
    p99_ms: at(0.99),
  }),
);
