import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Value } from '../../src/adapters/postgres/drivers/database.js';
import { tablesIn } from '../../src/adapters/postgres/mapping/tables.js';
import { claim, claimDueBuilds } from '../../src/adapters/postgres/sql/claim.js';
import { buildRequestMessage } from '../../src/core/build/messages.js';
import type { BuildReference } from '../../src/ports/repository.js';
import { TENANT } from '../../src/testing/builders.js';
import * as given from '../../src/testing/contracts/support/given.js';
import * as when from '../../src/testing/contracts/support/when.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';

const LEASE_MS = 60_000;
const NO_LIMITS = [null, null, null, null];
const tables = tablesIn({});

/** How builds are claimed: the text, and its values for these builds. */
const CLAIMS: readonly (readonly [
  string,
  string,
  (builds: readonly BuildReference[]) => readonly Value[],
])[] = [
  ['takes', claimDueBuilds(tables).text, () => [10, LEASE_MS, null, ...NO_LIMITS, null]],
  [
    'claims by name',
    claim(tables).text,
    (builds) => {
      const asked = builds.map((build, n) => ({ n, tenant_id: build.tenantId, binding_id: build.bindingId }));
      return [JSON.stringify(asked), LEASE_MS, ...NO_LIMITS, null];
    },
  ],
];

describeWithPostgres.each(CLAIMS)('%s at an open breaker', (_, text, valuesOf) => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  let builds: readonly BuildReference[];
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(async () => {
    await store.clear();
    builds = await given.builds(store, ['a', 'b', 'c']);
    const wake = (build: BuildReference) =>
      buildRequestMessage({ ...build, requestId: 'request', priority: 0 }, 0);
    await when.enqueue(store, ...builds.map(wake));
  });
  afterAll(() => store.close());

  /** How many builds one statement brings. */
  const claimed = async (client: pg.ClientBase, asked: readonly BuildReference[]) => {
    const { rows } = await client.query(text, [...valuesOf(asked)]);
    return rows.filter(({ facts }) => facts !== null).length;
  };

  it.each([
    ['everyone', null],
    ['the tenant', TENANT],
  ])(
    'let one build through for %s, and wait for nobody, while the first is not yet committed',
    async (_who, tenantId) => {
      await given.openCircuitBreaker(store, { tenantId, nextProbeInMs: 0 });
      const [one, other] = [await store.pool.connect(), await store.pool.connect()];
      try {
        await one.query('begin');
        expect(await claimed(one, builds)).toBe(1);
        await other.query("set lock_timeout = '1s'");
        expect(await claimed(other, builds.toReversed()), 'the breaker is in the hands of the first').toBe(0);
        await one.query('commit');
        expect(await claimed(other, builds.toReversed()), 'its build is under way').toBe(0);
      } finally {
        await one.query('rollback');
        one.release(true);
        other.release(true);
      }
    },
  );
});
