import { expect, it } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { nodePostgres, type PostgresTx, postgres } from '../../src/adapters/postgres/index.js';
import { createBuilds } from '../../src/create-builds.js';
import type { BuildsOptions } from '../../src/input/builds-options.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';

const nobody = { deliver: async () => ({ status: 'delivered' as const }) };

const rest = {
  wrk: fakeWrkClient(createFakeWrk(), { duplicates: { by: 'idempotency-key' } }),
  notifiers: { email: nobody, inApp: nobody },
  resolveRecipients: async () => [],
} satisfies Partial<BuildsOptions<unknown>>;

it('a queue of another family does not compile, and is refused at run time', () => {
  const pool = { connect: () => Promise.reject(new Error('Nothing is asked of the database here.')) };
  const onPostgres = postgres(nodePostgres(pool));
  const inMemory = memoryStorage();
  const { repository, auditLog } = onPostgres;
  const { queue } = inMemory;
  // @ts-expect-error Memory's queue cannot write in a transaction of Postgres.
  const mixed: BuildsOptions<PostgresTx> = { ...rest, repository, auditLog, queue };
  expect(() => createBuilds(mixed)).toThrow(/one database/);
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
