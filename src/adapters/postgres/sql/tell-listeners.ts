import type { Tables } from '../mapping/tables.js';
import { literal } from './quoting.js';

/**
 * A CTE `told` of one row, which sends one notification for each queue with due messages in `added (queue, run_at)`. It is
 * sent when the transaction commits. The statement must read `told`: Postgres does not execute an unread CTE.
 */
export const tellListeners = ({ channel }: Tables, added: string): string => `
told as materialized (
  select ${channel === null ? '0' : `pg_catalog.count(pg_catalog.pg_notify(${literal(channel)}, due.queue))`} as queues
    from (select distinct queue from ${added} where run_at <= pg_catalog.now()) due
)`;
