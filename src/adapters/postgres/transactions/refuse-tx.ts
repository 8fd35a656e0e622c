import * as z from 'zod';
import { kindOf, options } from '../../../core/input/option-kinds.js';
import { readOptions } from '../../../core/input/read-options.js';

const member = (value: unknown, name: string): unknown => Reflect.get(Object(value), name);
const hasMethods = (value: unknown, ...names: readonly string[]) =>
  names.every((name) => typeof member(value, name) === 'function');

/** With what the symbol of a transaction of the library begins; the version of its state follows. */
export const TX_SYMBOL = 'wrk-builds/postgres-transaction/';

const isOfAnotherVersion = (value: unknown) =>
  Reflect.ownKeys(Object(value)).some(
    (key) => typeof key === 'symbol' && Symbol.keyFor(key)?.startsWith(TX_SYMBOL),
  );

/** What hosts have at hand, the most particular first, and what makes a tx of it. */
const OF_THE_HOST: readonly {
  readonly is: (value: unknown) => boolean;
  readonly wrong: string;
  readonly give: string;
}[] = [
  {
    is: isOfAnotherVersion,
    wrong: 'is a transaction of another version of wrk-builds',
    give: 'make it with the version that made the storage: `npm ls wrk-builds` lists them',
  },
  {
    is: (value) => typeof member(value, 'totalCount') === 'number',
    wrong: 'is a pool of node-postgres',
    give: 'give fromPg(client), with the client that `begin` ran on',
  },
  {
    is: (value) => hasMethods(value, 'query', 'release') || hasMethods(value, 'query', 'escapeIdentifier'),
    wrong: 'is a client of node-postgres',
    give: 'give fromPg(client)',
  },
  {
    is: (value) => hasMethods(value, 'withoutPlugins'),
    wrong: 'is a transaction of Kysely',
    give: 'give fromKysely(trx)',
  },
  {
    is: (value) => hasMethods(value, '$queryRawUnsafe'),
    wrong: 'is a transaction of Prisma',
    give: 'give fromPrisma(tx)',
  },
  {
    is: (value) => hasMethods(value, 'unsafe', 'savepoint'),
    wrong: 'is a transaction of postgres.js',
    give: 'give fromPostgresJs(tx)',
  },
  {
    is: (value) => hasMethods(value, 'raw', 'savepoint'),
    wrong: 'is a transaction of Knex',
    give: 'give fromKnex(trx)',
  },
  {
    is: (value) => hasMethods(value, 'select', 'rollback'),
    wrong: 'is a transaction of Drizzle',
    give: 'give fromDrizzle(tx)',
  },
  {
    is: (value) => hasMethods(value, 'query', 'rollback'),
    wrong: 'is a transaction of PGlite',
    give: 'give fromPglite(tx)',
  },
];

const refused = options({
  tx: z.unknown().superRefine((value, context) => {
    const known = OF_THE_HOST.find(({ is }) => is(value));
    context.addIssue({
      code: 'custom',
      params: { wrong: known?.wrong ?? (value === null ? 'is null' : kindOf(value)) },
      message:
        known?.give ??
        'give fromPg(client), fromDrizzle(tx), fromKysely(trx), fromKnex(trx), fromPrisma(tx), fromPostgresJs(tx) or fromPglite(tx)',
    });
  }),
});

/** Throws a TypeError for a `tx` that is none of ours: the transaction of the host by itself, most likely. */
export function refuseTx(tx: unknown): void {
  readOptions('A call with { tx }', refused, { tx });
}
