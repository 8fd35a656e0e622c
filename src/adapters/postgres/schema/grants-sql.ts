import { text } from '../../../core/input/option-kinds.js';
import { checkPostgresOptions } from '../mapping/read-options.js';
import { type PostgresOptions, tablesIn } from '../mapping/tables.js';
import { quoted } from '../sql/quoting.js';
import type { TableNeed } from './needs.js';
import { tableNeeds } from './table-needs.js';

/**
 * Returns SQL with exactly the grants that the library needs, to be run by the owner of the tables after `migrate` and
 * after each update. On the host's tables it covers only the columns in the mapping, and no other tables. Audit entries can
 * be inserted and read, but never changed or deleted.
 *
 * @throws TypeError that lists every invalid option
 *
 * @example
 * ```ts
 * import { grantsSql } from 'wrk-builds/postgres';
 *
 * console.log('create role wrk_builds_worker login;');
 * console.log(grantsSql('wrk_builds_worker'));
 * ```
 */
export function grantsSql(role: string, options: PostgresOptions = {}): string {
  checkPostgresOptions('grantsSql', options, { role: text('give the name of a role as text') }, { role });
  const needs = tableNeeds(options);
  const schemas = [...new Set(needs.map(({ schema }) => schema))];
  return [
    ...schemas.map((schema) => `grant usage on schema ${quoted(schema)} to ${quoted(role)};`),
    ...needs.map((need) => `${grantOf(need)} to ${quoted(role)};`),
    `grant execute on function ${tablesIn(options).refuseLostWrite}(text) to ${quoted(role)};`,
    '',
  ].join('\n');
}

function grantOf(need: TableNeed): string {
  const right = (name: 'select' | 'insert' | 'update') => {
    const columns = need[name];
    if (columns === 'all') return [name];
    return columns.length === 0 ? [] : [`${name} (${columns.map(quoted).join(', ')})`];
  };
  const rights = [
    ...right('select'),
    ...right('insert'),
    ...right('update'),
    ...(need.delete ? ['delete'] : []),
  ];
  return `grant ${rights.join(', ')} on ${quoted(need.schema)}.${quoted(need.table)}`;
}
