/**
 * Drops and makes the schemas of a bench on the Postgres of DATABASE_URL, and requests N builds in them, as an API process
 * would beside the workers.
 */
import pg from 'pg';
import { createBuilds } from 'wrk-builds';
import { nodePostgres, postgres } from 'wrk-builds/postgres';
import { fillSchemas } from './fill-schemas.js';
import { schemas } from './schemas.js';

const N = Number(process.env.N);
const CALLERS = 64;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const rows = await fillSchemas(pool, N);

const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
const { requestBuild } = createBuilds({
  ...postgres(nodePostgres(pool), schemas),
  wrk: {
    duplicates: { by: 'idempotency-key' },
    createWorkflow: async () => ({ kind: 'not_sent', detail: 'this process only requests' }),
    findWorkflow: async () => ({ kind: 'absent' }),
  },
  notifiers: { email: nobody, inApp: nobody },
  resolveRecipients: async () => [],
});
let next = 0;
const call = async () => {
  for (let row = rows[next++]; row; row = rows[next++]) {
    const { id, tenant_id: tenantId } = row;
    const answer = await requestBuild({ tenantId, automationVersionId: id, trigger: 'patch_status' });
    if (answer.isErr()) throw new Error(answer.error.code);
  }
};
await Promise.all(Array.from({ length: CALLERS }, call));
await pool.query('vacuum analyze');
await pool.end();
