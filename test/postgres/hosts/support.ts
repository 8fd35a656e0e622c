import pg from 'pg';
import { onTestFinished } from 'vitest';
import {
  migrate,
  nodePostgres,
  type PostgresOptions,
  postgres,
  verifySchema,
} from '../../../src/adapters/postgres/index.js';
import type { Builds } from '../../../src/builds.js';
import type { BuildEvent } from '../../../src/observability/events.js';
import { createDatabase } from '../../support/database.js';
import { buildsOver } from '../support.js';

/** A host that is made of some SQL and a mapping, with the library wired to it. */
export async function openHost(
  sql: string,
  options: PostgresOptions,
): Promise<{
  readonly pool: pg.Pool;
  readonly builds: Builds;
  readonly events: readonly BuildEvent[];
  readonly mismatches: readonly string[];
  readonly auditEntries: (tenantId: string, resourceId: string) => Promise<readonly unknown[]>;
  readonly rows: (sql: string) => Promise<readonly Record<string, unknown>[]>;
  /** Carries out every build there is. */
  readonly work: () => Promise<void>;
}> {
  const { url, drop } = await createDatabase();
  const pool = new pg.Pool({ connectionString: url, max: 5 });
  pool.on('error', () => {});
  onTestFinished(async () => {
    await pool.end();
    await drop();
  });
  await pool.query(sql);
  const database = nodePostgres(pool);
  await migrate(database, options);
  const storage = postgres(database, options);
  const { builds, events } = buildsOver(storage);
  return {
    pool,
    builds,
    events,
    mismatches: (await verifySchema(database, options)).mismatches,
    auditEntries: (tenantId, resourceId) => storage.auditLog.list({ tenantId, resourceId }),
    rows: async (text) => (await pool.query(text)).rows,
    work: async () => {
      const workers = builds.startWorkers({ pollIntervalMs: 10 });
      await workers.drain();
      await workers.stop();
    },
  };
}
