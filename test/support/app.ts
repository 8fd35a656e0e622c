import type { Builds, BuildsOptions } from '../../src/builds.js';
import type { DuplicatePolicy } from '../../src/core/orchestration/wrk-answer.js';
import { createBuilds } from '../../src/create-builds.js';
import type { BuildEvent } from '../../src/observability/events.js';
import type { Capabilities } from '../../src/ports/capabilities.js';
import type { Notifier } from '../../src/ports/notifier.js';
import type { WrkPlatformClient } from '../../src/ports/wrk-platform-client.js';
import { createFakeWrk, type FakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';
import { portsOf } from './ports-of.js';

/** Where an app keeps everything. */
export type AppStorage<Tx> = Pick<BuildsOptions<Tx>, 'repository' | 'queue' | 'auditLog' | 'fused'> &
  Capabilities<Tx> & { readonly inAppNotifier?: Notifier };

/** What an app is told besides the defaults. */
export type AppOptions<Tx> = Partial<BuildsOptions<Tx>> & {
  /** Shared by the apps of one test. A new one by default. */
  readonly fake?: FakeWrk;
  /** Idempotency keys by default. */
  readonly duplicates?: DuplicatePolicy;
};

/** One process of a host: the library over a store, with a fake WRK and people who are all reached. */
export interface App<Tx, Store> {
  readonly store: Store;
  readonly fake: FakeWrk;
  /** The client of the fake. */
  readonly wrk: WrkPlatformClient;
  readonly builds: Builds<Tx>;
  readonly events: readonly BuildEvent[];
}

const reached: Notifier = { deliver: async () => ({ status: 'delivered' }) };

/** Opens an app over a store that others may use as well. A call that WRK is asked for again comes after a millisecond. */
export function openApp<Tx, Store>(
  store: Store & AppStorage<Tx>,
  { fake = createFakeWrk(), duplicates = { by: 'idempotency-key' }, ...options }: AppOptions<Tx> = {},
): App<Tx, Store> {
  const events: BuildEvent[] = [];
  const wrk = fakeWrkClient(fake, { duplicates });
  const builds = createBuilds<Tx>({
    ...portsOf(store),
    wrk,
    notifiers: { email: reached, inApp: store.inAppNotifier ?? reached },
    resolveRecipients: async ({ audience }) => [{ id: audience }],
    retry: { initialDelayMs: 1, jitter: 0 },
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { store, fake, wrk, builds, events };
}
