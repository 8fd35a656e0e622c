import type { Tables } from '../mapping/tables.js';
import { literal } from './quoting.js';

/**
 * A CTE `told` of one row: one notification for each queue that `added (queue, run_at)` has messages in that are due
 * now. It is sent when the transaction commits. Whoever uses it has to read it: a CTE that nothing reads is not run.
 */
export const tellListeners = ({ channel }: Tables, added: string): string => `
told as materialized (
  select ${channel === null ? '0' : `count(pg_notify(${literal(channel)}, due.queue))`} as queues
    from (select distinct queue from ${added} where run_at <= now()) due
)`;
