import { completeMapping } from '../mapping/host-mapping.js';
import type { PostgresOptions } from '../mapping/tables.js';
import { hostTableNeeds } from './host-table-needs.js';
import type { TableNeed } from './needs.js';
import { ownTableNeeds } from './own-table-needs.js';

/** Everything the library needs from a database. */
export function tableNeeds(options: PostgresOptions): readonly TableNeed[] {
  return [...hostTableNeeds(completeMapping(options.host)), ...ownTableNeeds(options)];
}
