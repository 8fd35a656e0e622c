import { PGlite } from '@electric-sql/pglite';
import { expect, it } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { pglite, postgres } from '../../src/adapters/postgres/index.js';
import { type BuildsOptions, createBuilds } from '../../src/create-builds.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';

const nobody = { deliver: async () => ({ status: 'delivered' as const }) };

const rest = {
  wrk: fakeWrkClient(createFakeWrk(), { duplicates: { by: 'idempotency-key' } }),
  notifiers: { email: nobody, inApp: nobody },
  resolveRecipients: async () => [],
} satisfies Partial<BuildsOptions<unknown>>;

it('a queue of another family does not compile, and is refused at run time', async () => {
  const instance = await PGlite.create();
  const onPostgres = postgres(pglite(instance));
  const inMemory = memoryStorage();
  expect(() =>
    // @ts-expect-error Memory's queue cannot write in a transaction of Postgres.
    createBuilds({
      ...rest,
      repository: onPostgres.repository,
      auditLog: onPostgres.auditLog,
      queue: inMemory.queue,
    }),
  ).toThrow(/one database/);
  await instance.close();
});

it('an audit log of another database is refused at run time', () => {
  const inMemory = memoryStorage();
  const other = memoryStorage();
  expect(() =>
    createBuilds({
      ...rest,
      repository: inMemory.repository,
      queue: inMemory.queue,
      auditLog: other.auditLog,
    }),
  ).toThrow(/one database/);
});

it('ports of two databases of one family compile, and are refused at run time', () => {
  const one = memoryStorage();
  const other = memoryStorage();
  expect(() => createBuilds({ ...rest, ...one, queue: other.queue })).toThrow(/one database/);
});
