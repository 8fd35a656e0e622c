import { ok } from 'neverthrow';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { tablesIn } from '../../src/adapters/postgres/mapping/tables.js';
import { repositoryStatements } from '../../src/adapters/postgres/sql/repository.js';
import type { BuildDecision } from '../../src/core/build/decision.js';
import { TENANT } from '../../src/testing/builders.js';
import * as given from '../../src/testing/contracts/support/given.js';
import * as when from '../../src/testing/contracts/support/when.js';
import { completedDecision } from '../../src/testing/decision-builders.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { until } from '../support/until.js';

/** The order of locks, as the tables of it. */
const ORDER = ['projects', 'automation_versions', 'quotes', 'wrk_builds.workflow_bindings', 'tasks'] as const;
type LockedTable = (typeof ORDER)[number];

describeWithPostgres('A12, rows are locked in the order project, version, quote, binding, tasks', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store.close());

  const openSession = async () => {
    const session = await store.pool.connect();
    await session.query('begin');
    onTestFinished(async () => {
      await session.query('rollback');
      session.release();
    });
    return session;
  };
  /** The tables that have a row which somebody has locked; all of them have rows. */
  const locked = async (tables: readonly LockedTable[]) => {
    const session = await openSession();
    const found: LockedTable[] = [];
    for (const table of tables) {
      const { rows } = await session.query(
        `select (select count(*) from ${table}) - (select count(*) from (select from ${table} for update skip locked) free) as locked`,
      );
      if (Number(rows[0].locked) > 0) found.push(table);
    }
    return found;
  };
  const hold = async (table: LockedTable) => {
    const host = await openSession();
    await host.query(`select from ${table} for update`);
  };

  it.each(ORDER)('row 55: a wait for the row of %s holds those before it, and no other', async (table) => {
    const build = await given.build(store, { name: 'one' });
    await hold(table);
    const waiting = await openSession();
    const { waitForBuild } = repositoryStatements(tablesIn({}));
    await waiting.query(`set local lock_timeout = '60s'`);
    const { rows } = await waiting.query('select pg_backend_pid() as pid');
    const wait = waiting.query(waitForBuild.text, [TENANT, build.bindingId]).catch(() => {});
    await until(async () => {
      const state = 'select wait_event_type from pg_stat_activity where pid = $1';
      return (await store.pool.query(state, [rows[0].pid])).rows[0]?.wait_event_type === 'Lock';
    });
    expect(await locked(ORDER)).toEqual(ORDER.slice(0, ORDER.indexOf(table) + 1));
    await store.pool.query('select pg_cancel_backend($1)', [rows[0].pid]);
    await wait;
  });

  /** Saves while somebody holds the row of the table; the verdict, and what is locked while its transaction is open. */
  const save = async (decision: BuildDecision, table: LockedTable, tables: readonly LockedTable[]) => {
    await hold(table);
    return (
      await store.repository.transaction(async (tx) => {
        const [verdict] = await store.repository.save(tx, [decision]);
        return ok({ verdict, locked: await locked(tables) });
      })
    )._unsafeUnwrap();
  };

  const OF_REQUEST = ['projects', 'automation_versions', 'quotes'] as const;
  it.each(OF_REQUEST)(
    'row 55: a request that finds the row of %s locked holds those before it',
    async (table) => {
      const acceptance = await given.acceptance(store, await given.project(store));
      const before = OF_REQUEST.slice(0, OF_REQUEST.indexOf(table) + 1);
      expect(await save(acceptance, table, OF_REQUEST)).toEqual({ verdict: 'busy', locked: before });
    },
  );

  const OF_COMPLETION = ['projects', 'automation_versions', 'wrk_builds.workflow_bindings', 'tasks'] as const;
  it.each(OF_COMPLETION)(
    'row 55: a completion that finds the row of %s locked holds those before it',
    async (table) => {
      const build = await given.build(store, { name: 'one' });
      const completion = completedDecision(await when.claim(store, build));
      const before = OF_COMPLETION.slice(0, OF_COMPLETION.indexOf(table) + 1);
      expect(await save(completion, table, OF_COMPLETION)).toEqual({ verdict: 'busy', locked: before });
    },
  );
});
