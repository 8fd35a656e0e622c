import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { nodePostgres, postgres } from '../../src/adapters/postgres/index.js';
import * as transactions from '../../src/adapters/postgres/transactions/transaction.js';
import * as ignoring from '../../src/copies/ignore-errors.js';
import * as sharing from '../../src/copies/shared-by-copies.js';
import * as secrets from '../../src/core/input/secret.js';

/** A module of the library a second time, as a process has it that loads the library as ESM and as CommonJS. */
const anotherCopyOf = async <Module>(_: Module, path: string): Promise<Module> =>
  import(`${fileURLToPath(new URL(`../../src/${path}`, import.meta.url))}?another-copy`);

const NOTHING = async () => [];
const POOL = {
  connect: async () => ({ query: async () => ({ rows: [] }), release: () => {} }),
};

describe('C8: two copies of the library in one process', () => {
  it('are really two', async () => {
    const other = await anotherCopyOf(secrets, 'core/input/secret.ts');
    expect(other.secret).not.toBe(secrets.secret);
  });

  it('know the secrets of each other, and keep them out of their texts', async () => {
    const other = await anotherCopyOf(secrets, 'core/input/secret.ts');
    expect(other.reveal(secrets.secret('text-of-one-copy'))).toBe('text-of-one-copy');
    const held = other.secret('text-of-the-other');
    expect(secrets.reveal(held)).toBe('text-of-the-other');
    expect(secrets.redactSecrets('a text-of-the-other', [])).toBe('a [redacted]');
  });

  it('know the transactions of each other, and when they have ended', async () => {
    const other = await anotherCopyOf(transactions, 'adapters/postgres/transactions/transaction.ts');
    const database = nodePostgres(POOL);
    const tx = transactions.openTx(database, NOTHING);
    expect(other.queryOf(tx, database)).toBe(NOTHING);
    expect(() => other.queryOf(tx, nodePostgres({ ...POOL }))).toThrow(/belongs to another database/);
    other.closeTx(tx);
    expect(() => transactions.queryOf(tx, database)).toThrow(/has ended/);
    await expect(tx.query('select 1')).rejects.toThrow(/has ended/);
  });

  it('have one mutex for a connection of the host', async () => {
    const other = await anotherCopyOf(transactions, 'adapters/postgres/transactions/transaction.ts');
    const database = nodePostgres(POOL);
    const connection = {};
    const opened = transactions.openedAs(transactions.openHostTx(connection, NOTHING), database);
    const openedByOther = other.openedAs(other.openHostTx(connection, NOTHING), database);
    expect(openedByOther.mutex).toBe(opened.mutex);
  });

  it('listen to the errors of an emitter once, however often the library is loaded', async () => {
    const other = await anotherCopyOf(ignoring, 'copies/ignore-errors.ts');
    const emitter = new EventEmitter();
    ignoring.ignoreErrors(emitter);
    other.ignoreErrors(emitter);
    expect(emitter.listenerCount('error')).toBe(1);
  });
});

describe('two versions of the library in one process', () => {
  it('are told apart where one gets a transaction of the other', async () => {
    const ofAnother = Object.defineProperty({}, Symbol.for('wrk-builds/postgres-transaction/0'), {
      value: {},
    });
    const { hostTransactions } = postgres(nodePostgres(POOL));
    await expect(async () =>
      hostTransactions.savepoint(ofAnother as transactions.PostgresTx, async () => Promise.reject(), {
        waitMs: 1,
      }),
    ).rejects.toThrow(
      'tx: is a transaction of another version of wrk-builds: make it with the version that made the storage',
    );
  });

  it('share nothing of which they have another shape', () => {
    const [one, other] = [1, 2].map((n) => sharing.sharedByCopies(`of-a-test/${n}`, () => ({ n })));
    expect([one, other]).toEqual([{ n: 1 }, { n: 2 }]);
    expect(sharing.sharedByCopies('of-a-test/1', () => ({ n: 3 }))).toBe(one);
  });
});
