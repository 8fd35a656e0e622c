import type { PostgresTx } from '../../src/adapters/postgres/index.js';
import type { Builds } from '../../src/builds.js';
import { createBuilds } from '../../src/create-builds.js';
import type { BuildsOptions } from '../../src/input/builds-options.js';
import type { BuildEvent } from '../../src/observability/events.js';
import { createFakeWrk, type FakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';
import { portsOf } from '../support/ports-of.js';

type Storage = Pick<
  BuildsOptions<PostgresTx>,
  'repository' | 'queue' | 'auditLog' | 'fused' | 'watch' | 'prerequisites'
>;

/** The library over a storage of Postgres, with a WRK in memory and notifiers that deliver to nobody. */
export function buildsOver(
  storage: Storage,
  fake: FakeWrk = createFakeWrk(),
): { builds: Builds<PostgresTx>; events: BuildEvent[] } {
  const events: BuildEvent[] = [];
  const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
  const builds = createBuilds({
    ...portsOf(storage),
    ...(storage.watch && { watch: storage.watch }),
    prerequisites: storage.prerequisites,
    wrk: fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } }),
    notifiers: { email: nobody, inApp: nobody },
    resolveRecipients: async () => [],
    onEvent: (event) => events.push(event),
  });
  return { builds, events };
}
