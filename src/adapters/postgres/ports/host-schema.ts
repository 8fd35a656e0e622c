import type { HostSchema } from '../../../ports/host-schema.js';
import type { PostgresDatabase } from '../drivers/database.js';
import { statusOfLabel } from '../mapping/columns.js';
import { completeMapping } from '../mapping/host-mapping.js';
import type { PostgresOptions, Tables } from '../mapping/tables.js';
import { isId } from '../rows/rows.js';
import { verifySchema } from '../schema/verify-schema.js';

/** What the mapping says of the host's tables, and what is there. */
export function postgresHostSchema(
  database: PostgresDatabase,
  tables: Tables,
  options: PostgresOptions,
): HostSchema {
  const { status } = completeMapping(options.host).automationVersions;
  return {
    versionStatusOf: (label) => statusOfLabel(status, label),
    isHostId: (id) => isId(tables.idType, id),
    verify: async (rules = {}) => (await verifySchema(database, { ...options, ...rules })).mismatches,
  };
}
