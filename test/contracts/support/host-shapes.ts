import { readFile } from 'node:fs/promises';
import {
  createHostTables,
  type PostgresDatabase,
  type PostgresOptions,
} from '../../../src/adapters/postgres/index.js';
import type { HostDatabase, HostTable } from '../../../src/testing/storage-harness.js';
import { FOREIGN_PEOPLE, FOREIGN_TABLES, foreignHost } from './foreign-host.js';
import { FOREIGN_MAPPING } from './foreign-mapping.js';
import { HOST_TABLES, postgresHost, type RunSql } from './postgres-host.js';

/** A host's tables, what a host says of them to the library, and how a test works on them. */
export interface HostShape {
  readonly options: PostgresOptions;
  readonly createTables: (database: PostgresDatabase) => Promise<void>;
  readonly tables: Readonly<Record<HostTable, string>>;
  readonly host: (run: RunSql) => Omit<HostDatabase, 'lock'>;
  /** Reads the audit entries under the default names. */
  readonly auditRows: string;
  /** The tables in an order in which they can be emptied. */
  readonly clearing: readonly string[];
}

export const DEFAULT_HOST: HostShape = {
  options: {},
  createTables: (database) => createHostTables(database),
  tables: HOST_TABLES,
  host: postgresHost,
  auditRows: 'select * from audit_logs',
  clearing: ['audit_logs', 'tasks', 'quotes', 'automation_versions', 'projects', 'automations'],
};

const TEXT_IDS: PostgresOptions = { host: { ids: 'text' } };

export const TEXT_ID_HOST: HostShape = {
  ...DEFAULT_HOST,
  options: TEXT_IDS,
  createTables: (database) => createHostTables(database, TEXT_IDS),
};

const FOREIGN_SQL = new URL('../../fixtures/foreign-host.sql', import.meta.url);

export const FOREIGN_HOST: HostShape = {
  options: { host: FOREIGN_MAPPING },
  createTables: async (database) => {
    await database.script(await readFile(FOREIGN_SQL, 'utf8'));
    await database.script(FOREIGN_PEOPLE);
  },
  tables: FOREIGN_TABLES,
  host: foreignHost,
  auditRows: `select id, org_id as tenant_id, person_id as user_id, action as action_type, resource_type, resource_id,
                     metadata as metadata_json, created_at from audit_trail`,
  clearing: ['audit_trail', 'todos', 'offers', 'engagements', 'process_versions', 'processes'],
};
