import type pg from 'pg';
import { createHostTables, migrate, nodePostgres } from '../../../src/adapters/postgres/index.js';
import type { Builds } from '../../../src/builds.js';
import { buildableProject, stableId } from '../../../src/testing/builders.js';
import { postgresHost } from '../../contracts/support/postgres-host.js';

const TENANTS = 4;

/** Makes every table in an empty database, and requests so many builds of four tenants there. */
export async function requestBuilds(
  pool: pg.Pool,
  { requestBuild }: Pick<Builds, 'requestBuild'>,
  howMany: number,
): Promise<void> {
  const database = nodePostgres(pool);
  await createHostTables(database);
  await migrate(database);
  const { insert } = postgresHost(async (text, values = []) => (await pool.query(text, [...values])).rows);
  const projects = Array.from({ length: howMany }, (_, n) =>
    buildableProject({ name: `project ${n}`, tenantId: stableId('tenant', n % TENANTS) }),
  );
  await Promise.all(projects.map(({ rows }) => insert(rows)));
  const accepted = await Promise.all(
    projects.map(({ tenantId, versionId }) =>
      requestBuild({ tenantId, automationVersionId: versionId, trigger: 'auto_build' }),
    ),
  );
  for (const answer of accepted) answer._unsafeUnwrap();
}
