import * as z from 'zod';
import { options as optionsOf, text } from '../../../core/input/option-kinds.js';
import { completeMapping } from '../mapping/host-mapping.js';
import { checkPostgresOptions } from '../mapping/read-options.js';
import type { PostgresOptions } from '../mapping/tables.js';
import { literal, quoted } from '../sql/quoting.js';
import { ownTableNeeds } from './own-table-needs.js';

/** Which roles see which rows of the library's own tables. */
export interface RowLevelSecurity {
  /** The role of workers and of `requestBuild`, which act for every tenant and see every row. */
  readonly workerRole: string;
  /** The roles that see only the rows of the tenant in `setting`. They need their own grants. */
  readonly tenantRoles: readonly string[];
  /**
   * The setting that contains the tenant id, which the host sets for each transaction.
   *
   * @default 'app.tenant_id'
   */
  readonly setting?: string;
}

const role = text('give the name of a role as text');
const SETTING = "give a name with a dot, as Postgres wants it: 'app.tenant_id'";

const securitySchema = optionsOf({
  workerRole: role,
  tenantRoles: z.array(role, { error: 'give a list of roles, which may be empty' }),
  setting: z
    .string({ error: SETTING })
    .regex(/^[a-z_][\w$]*(?:\.[a-z_][\w$]*)+$/i, { error: SETTING })
    .optional(),
});

/**
 * Returns SQL that enables row-level security on the library's own tables, to be run by their owner. It is a second line
 * of defense behind the tenant condition that every statement has, for hosts whose screens read these tables directly. Run
 * it after `migrate` and after each update. A tenant role without the setting sees nothing. To undo it:
 * `alter table … disable row level security`.
 *
 * @throws TypeError that lists every invalid option
 *
 * @example
 * ```ts
 * import { rowLevelSecuritySql } from 'wrk-builds/postgres';
 *
 * console.log(rowLevelSecuritySql({ workerRole: 'wrk_builds_worker', tenantRoles: ['app'], setting: 'app.tenant_id' }));
 * ```
 */
export function rowLevelSecuritySql(security: RowLevelSecurity, options: PostgresOptions = {}): string {
  checkPostgresOptions('rowLevelSecuritySql', options, { security: securitySchema }, { security });
  const { workerRole, tenantRoles, setting = 'app.tenant_id' } = security;
  const { ids } = completeMapping(options.host);
  // A setting is an empty string after the transaction that set it. It names no tenant and is not a uuid.
  const tenant = `nullif(pg_catalog.current_setting(${literal(setting)}, true), '')::${ids}`;
  const policies = ownTableNeeds(options)
    .filter(({ columns }) => columns.some(({ column }) => column === 'tenant_id'))
    .flatMap(({ schema, table }) => {
      const name = `${quoted(schema)}.${quoted(table)}`;
      return [
        `alter table ${name} enable row level security;`,
        ...policy('wrk_builds_worker', name, [workerRole], 'true'),
        ...(tenantRoles.length === 0
          ? []
          : policy('wrk_builds_tenant', name, tenantRoles, `tenant_id = (select ${tenant})`)),
      ];
    });
  return [...policies, ''].join('\n');
}

const policy = (name: string, table: string, roles: readonly string[], rows: string): readonly string[] => [
  `drop policy if exists ${quoted(name)} on ${table};`,
  `create policy ${quoted(name)} on ${table} to ${roles.map(quoted).join(', ')} using (${rows}) with check (${rows});`,
];
