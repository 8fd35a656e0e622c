import type pg from 'pg';
import { onTestFinished } from 'vitest';
import type { HostMapping, PostgresStorage, PostgresTx } from '../../../src/adapters/postgres/index.js';
import { type BuildableProject, buildableProject, stableId } from '../../../src/testing/builders.js';
import type { StorageHarness } from '../../../src/testing/storage-harness.js';
import { AGENCY_MAPPING, SYSTEM_ACCOUNT } from '../../contracts/support/agency-mapping.js';
import { AGENCY_HOST } from '../../contracts/support/host-shapes.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { openApp } from '../../support/app.js';

type Row = Record<string, unknown>;

/** The tables of an agency with the library over them. */
export type Agency = Awaited<ReturnType<typeof openAgency>>;

/** Opens the tables of an agency; `differences` from its mapping, and what else is done to its tables. */
export async function openAgency(differences: HostMapping = {}, sql = '') {
  const host = Object.fromEntries(
    Object.entries({ ...AGENCY_MAPPING, ...differences }).map(([table, mapped]) => [
      table,
      typeof mapped === 'string' ? mapped : { ...Reflect.get(AGENCY_MAPPING, table), ...mapped },
    ]),
  );
  const createTables: typeof AGENCY_HOST.createTables = async (database) => {
    await AGENCY_HOST.createTables(database);
    if (sql !== '') await database.script(sql);
  };
  const store: StorageHarness<PostgresTx> & PostgresStorage & { readonly pool: pg.Pool } = await openPostgres(
    {
      shape: { ...AGENCY_HOST, createTables, options: { host } },
    },
  );
  const rows = async (text: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
    (await store.pool.query(text, [...values])).rows;
  return {
    ...openApp(store),
    options: { host },
    rows,
    /** Adds a project whose versions are ready for build. */
    project: async (name: string, versions = 1): Promise<BuildableProject> => {
      const project = buildableProject({ name, versions });
      await store.host.insert(project.rows);
      return project;
    },
    /** Adds a task as the agency's own code does, with these columns; it is no blocker of its own accord. */
    addTask: async (project: BuildableProject, columns: Row): Promise<string> => {
      const task = {
        id: stableId('task', JSON.stringify(columns)),
        workspace_id: project.tenantId,
        kind: 'issue',
        title: 'Get access',
        channel: 'client',
        created_by: SYSTEM_ACCOUNT,
        updated_at: '2031-01-01T00:00:00Z',
        ...columns,
      };
      const names = Object.keys(task);
      await rows(
        `insert into agency.tasks (${names.join(', ')}) values (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
        Object.values(task),
      );
      return task.id;
    },
    /** A session of the agency's own, in a transaction that ends with the test. */
    session: async () => {
      const client = await store.pool.connect();
      await client.query('begin');
      onTestFinished(async () => {
        await client.query('rollback');
        client.release();
      });
      return client;
    },
  };
}

/** A request for a version of a project, the first by default. */
export const requestOf = ({ tenantId, versionIds }: BuildableProject, version = 0) =>
  ({ tenantId, automationVersionId: `${versionIds[version]}`, trigger: 'auto_build' }) as const;
