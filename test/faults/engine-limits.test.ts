import { afterAll, beforeAll, expect, it } from 'vitest';
import { memoryEngine } from '../../src/adapters/memory/index.js';
import { buildRequestMessage } from '../../src/core/build/messages.js';
import { claimBuildsThroughQueue } from '../../src/handlers/claim-builds.js';
import { outbox } from '../../src/outbox/outbox.js';
import { NO_LIMITS } from '../../src/ports/claim-limits.js';
import { OTHER_TENANT, TENANT } from '../../src/testing/builders.js';
import * as given from '../../src/testing/contracts/support/given.js';
import * as when from '../../src/testing/contracts/support/when.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';

const POLLS = 20;
const LIMITS = { ...NO_LIMITS, concurrency: { global: null, perTenant: 1 } };

describeWithPostgres('Limits behind an engine', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  afterAll(() => store.close());

  const request = async (tenantId: string, count: number) => {
    for (let n = 0; n < count; n += 1) {
      const build = await given.build(store, { name: `${tenantId} ${n}`, tenantId });
      await when.enqueue(store, buildRequestMessage({ ...build, requestId: 'r', priority: 0 }, 0));
    }
  };
  /** A value that differs after every write of a message. */
  const written = async () =>
    (await store.pool.query('select xmin::text, ctid::text from wrk_builds.messages order by id')).rows;

  it('row 54: A10 a tenant at its limit holds up nobody, and what waits of it is not written', async () => {
    // A small window, which the messages of one tenant would fill.
    const through = outbox(memoryEngine(), store, { window: 4, againAfterMs: 1 });
    const claim = claimBuildsThroughQueue({ ...store, queue: through.queue });
    const claimed = async () => {
      const { builds } = await claim({ limit: 10, leaseMs: when.LONG_MS, limits: LIMITS });
      return builds.map(({ tenantId }) => tenantId);
    };
    await request(TENANT, 12);
    expect(await claimed()).toEqual([TENANT]);
    const before = await written();
    expect(before).toHaveLength(11);
    for (let polls = 0; polls < POLLS; polls += 1) expect(await claimed()).toEqual([]);
    expect(await written()).toEqual(before);

    await request(OTHER_TENANT, 1);
    expect(await claimed(), 'at the next poll').toEqual([OTHER_TENANT]);
    expect(await written()).toEqual(before);
  });
});
