import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isDatabaseError, nodePostgres, type PostgresDatabase } from '../../src/adapters/postgres/index.js';
import { withClassifiedErrors } from '../../src/adapters/postgres/transactions/failures.js';
import { createDatabase, describeWithPostgres } from '../support/database.js';
import { sampled } from '../support/size.js';
import { until } from '../support/until.js';
import { type SessionEnd, startEndingProxy } from './support/ending-proxy.js';
import { countUncaught } from './support/uncaught.js';

const STATEMENT = { name: 'ended', text: 'select $1::text as value' };

/** More than a session has until its second statement is answered: login, parameters, key, ready, and two answers. */
const MESSAGES = Array.from({ length: 45 }, (_, number) => number);

/** What uses a session that is ended, and whether it was told so by a typed error. */
const USES: Readonly<Record<string, (database: PostgresDatabase) => Promise<unknown>>> = {
  statements: async ({ query }) => {
    await query(STATEMENT, ['one']);
    await query(STATEMENT, ['two']);
  },
  'a transaction': ({ transaction }) => transaction((query) => query(STATEMENT, ['in a transaction'])),
  LISTEN: async ({ listen }) => {
    let problem: unknown = null;
    let isListening = false;
    const listening = listen?.('ended', {
      onNotification: () => {},
      onListening: () => {
        isListening = true;
      },
      onProblem: (thrown) => {
        problem = thrown;
      },
    });
    await until(() => isListening);
    await listening?.stop();
    if (problem !== null) throw problem;
  },
};

describeWithPostgres('a session that ends', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database?.drop());

  const endedAt = async (
    number: number,
    how: SessionEnd,
    use: (database: PostgresDatabase) => Promise<unknown>,
  ) => {
    const proxy = await startEndingProxy(database.url, number, how);
    const pool = new pg.Pool({ connectionString: proxy.url, max: 2 });
    const driver = withClassifiedErrors(nodePostgres(pool));
    try {
      const problems: unknown[] = [];
      const note = (problem: unknown) => void problems.push(problem);
      await use(driver).catch(note);
      // The end may also meet the session while it is idle, or in a later statement.
      for (let call = 0; call < 10 && problems.length === 0; call += 1)
        await driver.query(STATEMENT, ['later']).catch(note);
      const rows = await driver.query(STATEMENT, ['after it']);
      return { problems, rows, hasEnded: proxy.hasEnded() };
    } finally {
      await pool.end();
      await proxy.close();
    }
  };

  const cases = Object.entries(USES).flatMap(([name, use]) =>
    (['FATAL', 'cut'] as const).map((how) => [how, name, use] as const),
  );

  it.each(sampled(cases, 1))(
    'row 43: A3 by %s after any message of the server, in %s: a typed error, the process lives, the next call works',
    async (how, _name, use) => {
      const uncaught = countUncaught();
      const ends = await Promise.all(MESSAGES.map((number) => endedAt(number, how, use)));
      for (const [index, { problems, rows }] of ends.entries()) {
        const at = `after message ${MESSAGES[index]}`;
        expect(rows, at).toEqual([{ value: 'after it' }]);
        expect(
          problems.filter((problem) => !isDatabaseError(problem)),
          at,
        ).toEqual([]);
      }
      expect(uncaught(), 'what would have ended the process').toEqual([]);
      expect(ends.filter(({ hasEnded }) => hasEnded).length, 'the sessions ended').toBeGreaterThan(
        MESSAGES.length / 2,
      );
      expect(ends.some(({ problems }) => problems.length > 0)).toBe(true);
    },
  );
});
