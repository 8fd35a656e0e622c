import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { memoryStorage } from '../../../src/adapters/memory/index.js';
import type { BuildViews } from '../../../src/ports/build-views.js';
import type { Repository } from '../../../src/ports/repository.js';
import type { WrkPlatformClient } from '../../../src/ports/wrk-platform-client.js';
import { outgoingNotification, stableId } from '../../../src/testing/builders.js';
import { capabilityOf } from '../../../src/testing/contracts/support/capability-of.js';
import * as given from '../../../src/testing/contracts/support/given.js';
import * as when from '../../../src/testing/contracts/support/when.js';
import type { StorageHarness } from '../../../src/testing/storage-harness.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { type App, type AppOptions, openApp } from '../../support/app.js';
import { describeWithPostgres } from '../../support/database.js';

/** A person of the ops team, and why they do what they do. */
export const BY_OPS = { userId: stableId('ops'), reason: 'The client waits.' };

/** What may go wrong in a store, whatever its transactions are. */
interface Troubles {
  /** Gives up a message of a tenant, as a worker does. Others that are claimed with it are due again at once. */
  readonly giveUpMessage: (tenantId: string, reason: string) => Promise<void>;
  /** Opens a circuit breaker, for a minute; `null`: that of all tenants. */
  readonly openCircuitBreaker: (tenantId: string | null) => Promise<void>;
}

/** An app over any store. */
export type AnyApp = App<never, Pick<StorageHarness<unknown>, 'host' | 'libraryRows'>> & Troubles;

type Loads = Pick<Repository<never>, 'loadBuilds'>;

/** How the library is wired besides the defaults. */
type Choices = Pick<
  AppOptions<unknown>,
  | 'retry'
  | 'orchestration'
  | 'startableStatuses'
  | 'duplicates'
  | 'blueprint'
  | 'blueprintLimits'
  | 'prerequisites'
  | 'circuitBreaker'
> & {
  /** What is changed about how builds are loaded. */
  readonly repository?: (inner: Loads) => Partial<Loads>;
  /** What is changed about how builds are found. */
  readonly buildViews?: (inner: BuildViews) => Partial<BuildViews>;
  /** What is changed about the client of the fake. */
  readonly client?: (client: WrkPlatformClient) => WrkPlatformClient;
};

/** An app over a store. */
export function openOver<Tx>(
  store: StorageHarness<Tx>,
  { client = (same) => same, repository, buildViews, ...choices }: Choices = {},
): AnyApp {
  const { duplicates = { by: 'idempotency-key' } } = choices;
  const fake = createFakeWrk({ honoursKeys: duplicates.by === 'idempotency-key' });
  const views = capabilityOf(store, 'buildViews');
  const app = openApp(store, {
    fake,
    wrk: client(fakeWrkClient(fake, { duplicates })),
    repository: { ...store.repository, ...repository?.(store.repository) },
    buildViews: { ...views, ...buildViews?.(views) },
    ...choices,
  });
  return {
    ...app,
    giveUpMessage: async (tenantId, reason) => {
      await when.enqueue(store, outgoingNotification(`dead ${reason}`, { tenantId }));
      for (const message of await when.claimMessages(store, { limit: 1_000, leaseMs: 1 }))
        if (message.tenantId === tenantId) await store.queue.deadLetter(message, reason);
    },
    openCircuitBreaker: (tenantId) => given.openCircuitBreaker(store, { tenantId, nextProbeInMs: 60_000 }),
  };
}

/** An app over an empty store in memory. */
export function openInMemory(choices: Choices = {}): AnyApp {
  const unused = async () => {};
  return openOver({ ...memoryStorage(), passTime: unused, close: unused }, choices);
}

/** Registers tests once in memory and once on real Postgres; what they get opens an app over an empty store. */
export function describeInEachFamily(
  name: string,
  tests: (open: (choices?: Choices) => AnyApp) => void,
): void {
  describe(`${name} in memory`, () => {
    tests(openInMemory);
  });
  describeWithPostgres(`${name} on Postgres`, () => {
    let store: Awaited<ReturnType<typeof openPostgres>>;
    beforeAll(async () => {
      store = await openPostgres();
    });
    beforeEach(() => store.clear());
    afterAll(() => store?.close());
    tests((choices = {}) => openOver(store, choices));
  });
}
