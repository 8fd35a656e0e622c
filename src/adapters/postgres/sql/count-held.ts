import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';

/** Counts the builds under a live lease, of all tenants. */
export function countHeld({ bindings }: Tables): Statement {
  return {
    name: 'wrk_builds_count_held',
    text: `select count(*)::int as count from ${bindings} b where b.status = 'pending' and b.lease_until > now()`,
  };
}
