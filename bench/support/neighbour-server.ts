/**
 * A host over HTTP, on the Postgres of DATABASE_URL, for `bench/neighbour.ts`: it fills the schemas of a bench, gives the two
 * tenants their projects, and serves until its parent goes away.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { createBuilds } from 'wrk-builds';
import { createBuildsHandler, nodeListener } from 'wrk-builds/http';
import { nodePostgres, postgres } from 'wrk-builds/postgres';
import { fillSchemas } from './fill-schemas.js';
import { schemas } from './schemas.js';

const USER = '11111111-1111-4111-8111-111111111111';
const nobody = { deliver: async () => ({ status: 'delivered' as const }) };

/** The largest input that passes every limit: 5,000 nodes, 20,000 edges, and keys that nobody has seen before. */
function worstThatPasses(): string {
  const nodes = Array.from({ length: 5_000 }, (_, n) => ({ id: `n${n}` }));
  const edges = Array.from({ length: 20_000 }, (_, n) => ({
    source: `n${n % 5_000}`,
    target: `n${(n + 1) % 5_000}`,
  }));
  const keys = Object.fromEntries(Array.from({ length: 38_000 }, (_, n) => [`k${n.toString(36)}`, n]));
  const document = { nodes, edges, keys, text: '' };
  const room = 2 * 1024 * 1024 - 300_000 - JSON.stringify(document).length;
  return JSON.stringify({ ...document, text: 'x'.repeat(Math.max(0, room)) });
}

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const rows = await fillSchemas(pool, Number(process.env.N));
const [first] = rows;
const busy = rows.filter(({ tenant_id }) => tenant_id === first?.tenant_id).slice(0, 2);
const neighbours = rows.filter(({ tenant_id }) => tenant_id !== first?.tenant_id);
const [passing, refused] = busy;
const write = (id: string | undefined, blueprint: string) =>
  pool.query('update bench_host.automation_versions set blueprint_json = $2::jsonb where id = $1', [
    id,
    blueprint,
  ]);
await write(passing?.id, worstThatPasses());
await write(refused?.id, JSON.stringify({ nodes: [{ id: 'a', note: 'x'.repeat(5_000_000) }], edges: [] }));

const builds = createBuilds({
  ...postgres(nodePostgres(pool), schemas),
  wrk: {
    duplicates: { by: 'idempotency-key' },
    createWorkflow: async () => ({ kind: 'not_sent', detail: 'this process only requests' }),
    findWorkflow: async () => ({ kind: 'absent' }),
  },
  notifiers: { email: nobody, inApp: nobody },
  resolveRecipients: async () => [],
  // A request that is refused last costs as much as one that is accepted, and can be sent again.
  prerequisites: [
    async ({ tenantId }) =>
      tenantId === first?.tenant_id ? [{ prerequisite: 'bench', message: 'This one stays.' }] : [],
  ],
});
const handler = createBuildsHandler({
  roles: { operate_builds: ['ops'] },
  builds,
  authenticate: ({ headers }) => ({
    kind: 'user',
    tenantId: headers.get('x-tenant') ?? '',
    userId: USER,
    roles: ['project_owner'],
  }),
});
const server = createServer(nodeListener(handler)).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port, passing, refused, neighbours });
});
process.once('disconnect', () => process.exit());
