import { completeMapping } from '../mapping/host-mapping.js';
import type { PostgresOptions } from '../mapping/tables.js';
import { literal, quoted } from '../sql/quoting.js';
import { ownTableNeeds } from './own-table-needs.js';

/** Who sees what of the library's own tables. */
export interface RowLevelSecurity {
  /** The role of workers and of `requestBuild`: they act for every tenant, and see every row. */
  readonly workerRole: string;
  /** The roles that see the rows of one tenant, the one that `setting` names. They need grants of their own. */
  readonly tenantRoles: readonly string[];
  /** The setting that names the tenant, as the host sets it for a transaction. Default `app.tenant_id`. */
  readonly setting?: string;
}

/**
 * Row-level security for the library's own tables, as SQL for whoever owns them: a second lock behind the tenant that is
 * in every condition anyway, for hosts whose screens read these tables directly. Run it after `migrate`, and again after
 * an update. A tenant role without the setting sees nothing. It can be taken back: `alter table … disable row level security`.
 *
 * @example
 * ```ts
 * import { rowLevelSecuritySql } from 'wrk-builds/postgres';
 *
 * console.log(rowLevelSecuritySql({ workerRole: 'wrk_builds_worker', tenantRoles: ['app'], setting: 'app.tenant_id' }));
 * ```
 */
export function rowLevelSecuritySql(
  { workerRole, tenantRoles, setting = 'app.tenant_id' }: RowLevelSecurity,
  options: PostgresOptions = {},
): string {
  const { ids } = completeMapping(options.host);
  // Empty is what a setting becomes after the transaction that set it: it names nobody, and is no uuid.
  const tenant = `nullif(current_setting(${literal(setting)}, true), '')::${ids}`;
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
