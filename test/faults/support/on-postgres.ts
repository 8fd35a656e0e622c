import { afterAll, beforeAll, beforeEach } from 'vitest';
import { nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import { openCuttableStore } from '../../adapters/postgres/support/cuttable-store.js';
import * as when from '../../support/when.js';
import { openFaultyApp, silence } from './faulty-app.js';

/** Opens apps on one real database for the tests of a file, emptied before each. */
export function onPostgres() {
  let opened: Awaited<ReturnType<typeof openCuttableStore>> | undefined;
  beforeAll(async () => {
    opened = await openCuttableStore();
  });
  beforeEach(() => opened?.clear());
  afterAll(() => opened?.close());

  return async (kind: Parameters<typeof openFaultyApp>[1] = {}) => {
    const store = opened;
    if (!store) throw new Error('the database is open');
    const app = await openFaultyApp(store, kind);
    const query = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
      (await store.pool.query(text, values)).rows;
    const expireLeases = () =>
      query(
        `update wrk_builds.workflow_bindings set lease_until = now() - interval '1 second' where lease_until is not null`,
      );
    /** As a process that is gone, or paused: its leases are not extended any more, and no message wakes it. */
    const deaf = postgres(nodePostgres(store.pool, { listen: false }));
    const withoutHeartbeat = {
      ...deaf,
      repository: { ...deaf.repository, extendLeases: () => new Promise<never>(() => {}) },
    };
    return {
      ...app,
      store,
      query,
      expireLeases,
      withoutHeartbeat,
      /** Works on builds in a process that dies at this moment of its first call, until it is dead. */
      workUntilDeath: async (moment: 'before the call' | 'after the call') => {
        let died = () => {};
        const death = new Promise<void>((resolve) => {
          died = resolve;
        });
        const dying = app.another({
          storage: withoutHeartbeat,
          around: async (post, call) => {
            if (moment === 'after the call') await post();
            died();
            return silence(call);
          },
        });
        // Full after its first poll, it never polls again, as a process that is gone.
        when.startBuilds(dying, { pollIntervalMs: 3_600_000, concurrency: { builds: 1 } });
        await death;
        return dying;
      },
      /** Lets the leases of whoever is gone run out, and has the builds found again. */
      findAgain: async () => {
        await expireLeases();
        return app.another().builds.reconcile();
      },
    };
  };
}
