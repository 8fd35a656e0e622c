import { readFile } from 'node:fs/promises';
import {
  createHostTables,
  type PostgresDatabase,
  type PostgresOptions,
} from '../../../src/adapters/postgres/index.js';
import type { HostDatabase, HostTable } from '../../../src/testing/storage-harness.js';
import { AGENCY_PEOPLE, AGENCY_TABLES, agencyHost } from './agency-host.js';
import { AGENCY_MAPPING } from './agency-mapping.js';
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

/** Creates tables of a host from a fixture, with the people who are there from the start. */
const fromFixture =
  (name: string, people: string): HostShape['createTables'] =>
  async (database) => {
    await database.script(await readFile(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8'));
    await database.script(people);
  };

export const FOREIGN_HOST: HostShape = {
  options: { host: FOREIGN_MAPPING },
  createTables: fromFixture('foreign-host.sql', FOREIGN_PEOPLE),
  tables: FOREIGN_TABLES,
  host: foreignHost,
  auditRows: `select id, org_id as tenant_id, person_id as user_id, action as action_type, resource_type, resource_id,
                     metadata as metadata_json, created_at from audit_trail`,
  clearing: ['audit_trail', 'todos', 'offers', 'engagements', 'process_versions', 'processes'],
};

export const AGENCY_HOST: HostShape = {
  options: { host: AGENCY_MAPPING },
  createTables: fromFixture('agency-host.sql', AGENCY_PEOPLE),
  tables: AGENCY_TABLES,
  host: agencyHost,
  auditRows: `select id, workspace_id as tenant_id, account_id as user_id, action as action_type, entity as resource_type,
                     entity_id as resource_id, details as metadata_json, happened_at as created_at from agency.audit_log`,
  clearing: ['audit_log', 'tasks', 'quotes', 'versions', 'projects', 'automations'].map(
    (name) => `agency.${name}`,
  ),
};
