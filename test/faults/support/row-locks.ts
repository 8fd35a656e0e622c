import type pg from 'pg';
import { onTestFinished } from 'vitest';
import { until } from '../../support/until.js';

/** The order of locks, as the tables of it. */
export const LOCK_ORDER = [
  'projects',
  'automation_versions',
  'quotes',
  'wrk_builds.workflow_bindings',
  'tasks',
] as const;
export type LockedTable = (typeof LOCK_ORDER)[number];

/** Sessions of a host that hold rows, and of somebody who looks which rows are held. */
export function rowLocks(pool: pg.Pool) {
  /** A session with an open transaction, which is rolled back when the test is over. */
  const openSession = async () => {
    const session = await pool.connect();
    await session.query('begin');
    onTestFinished(async () => {
      await session.query('rollback');
      session.release();
    });
    return session;
  };
  return {
    openSession,
    /** Locks every row of the table until the test is over, or `letGo`. */
    hold: async (table: LockedTable) => {
      const host = await openSession();
      await host.query(`select from ${table} for update`);
      return { letGo: () => host.query('rollback') };
    },
    /** The tables, in the order of locks, of which somebody has locked a row. Holds nothing afterwards. */
    locked: async () => {
      const session = await pool.connect();
      await session.query('begin');
      const found: LockedTable[] = [];
      for (const table of LOCK_ORDER) {
        const { rows } = await session.query(
          `select (select count(*) from ${table}) - (select count(*) from (select from ${table} for update skip locked) free) as locked`,
        );
        if (Number(rows[0].locked) > 0) found.push(table);
      }
      await session.query('rollback');
      session.release();
      return found;
    },
    /** Resolves once a session of the database waits for a lock. */
    somebodyWaits: () =>
      until(async () => {
        const { rows } = await pool.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      }),
  };
}
