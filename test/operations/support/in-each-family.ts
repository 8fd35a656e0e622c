import { afterAll, beforeAll, beforeEach, describe, onTestFinished } from 'vitest';
import { memoryStorage } from '../../../src/adapters/memory/index.js';
import type { Builds } from '../../../src/builds.js';
import type { DuplicatePolicy } from '../../../src/core/orchestration/wrk-answer.js';
import { createBuilds } from '../../../src/create-builds.js';
import type { BuildsOptions } from '../../../src/input/builds-options.js';
import type { BuildEvent } from '../../../src/observability/events.js';
import type { BuildViews } from '../../../src/ports/build-views.js';
import type { Repository } from '../../../src/ports/repository.js';
import type { WrkPlatformClient } from '../../../src/ports/wrk-platform-client.js';
import { type BuildableProject, buildableProject, stableId } from '../../../src/testing/builders.js';
import { capabilityOf } from '../../../src/testing/contracts/support/capability-of.js';
import type { StorageHarness } from '../../../src/testing/storage-harness.js';
import { createFakeWrk, type FakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../support/database.js';
import { until } from '../../workers/support/until.js';

/** A person of the ops team, and why they do what they do. */
export const ORDER = { userId: stableId('ops'), reason: 'The client waits.' };

/** What a test of operations has in hand. */
export interface Desk {
  readonly builds: Builds;
  readonly fake: FakeWrk;
  readonly events: readonly BuildEvent[];
  readonly host: StorageHarness<unknown>['host'];
  readonly libraryRows: StorageHarness<unknown>['libraryRows'];
  /** Puts a project into the store, and requests its build. */
  readonly request: (name?: string) => Promise<BuildableProject & { readonly bindingId: string }>;
  /** Lets workers run until so many builds have settled since they began. */
  readonly work: (settled?: number) => Promise<void>;
}

type Loads = Pick<Repository<never>, 'loadBuilds'>;

/** How the library is wired besides the defaults. */
type Choices = Partial<Pick<BuildsOptions<unknown>, 'retry' | 'orchestration' | 'startableStatuses'>> & {
  readonly duplicates?: DuplicatePolicy;
  /** What is changed about how builds are loaded. */
  readonly repository?: (inner: Loads) => Partial<Loads>;
  /** What is changed about how builds are found. */
  readonly buildViews?: (inner: BuildViews) => Partial<BuildViews>;
  /** What is changed about the client of the fake. */
  readonly client?: (client: WrkPlatformClient) => WrkPlatformClient;
};

const SETTLED: readonly BuildEvent['type'][] = [
  'build_completed',
  'build_failed',
  'build_rescheduled',
  'lease_lost',
];

/** A desk on a store. */
export function openDesk<Tx>(
  store: StorageHarness<Tx>,
  { duplicates, client = (same) => same, repository, buildViews, ...choices }: Choices = {},
): Desk {
  const fake = createFakeWrk({ honoursKeys: (duplicates?.by ?? 'idempotency-key') === 'idempotency-key' });
  const events: BuildEvent[] = [];
  const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
  const views = capabilityOf(store, 'buildViews');
  const builds = createBuilds({
    ...store,
    repository: { ...store.repository, ...repository?.(store.repository) },
    buildViews: { ...views, ...buildViews?.(views) },
    wrk: client(fakeWrkClient(fake, { duplicates: duplicates ?? { by: 'idempotency-key' } })),
    notifiers: { email: nobody, inApp: nobody },
    resolveRecipients: async () => [],
    retry: { initialDelayMs: 1, jitter: 0 },
    onEvent: (event) => events.push(event),
    ...choices,
  });
  return {
    builds,
    fake,
    events,
    host: store.host,
    libraryRows: store.libraryRows,
    request: async (name = 'project') => {
      const project = buildableProject({ name });
      await store.host.insert(project.rows);
      const { tenantId, versionId: automationVersionId } = project;
      const answer = await builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' });
      return { ...project, bindingId: answer._unsafeUnwrap().bindingId };
    },
    work: async (settled = 1) => {
      const ended = () => events.filter(({ type }) => SETTLED.includes(type)).length;
      const before = ended();
      const workers = builds.startWorkers({ pollIntervalMs: 2, concurrency: { notifications: 0 } });
      onTestFinished(() => workers.stop({ graceMs: 0 }));
      await until(() => ended() >= before + settled);
      await workers.stop();
    },
  };
}

/** A desk on an empty store in memory. */
export function openMemoryDesk(choices: Choices = {}): Desk {
  const store = memoryStorage();
  const unused = async () => {};
  return openDesk({ ...store, passTime: unused, close: unused }, choices);
}

/** Registers tests once in memory and once on real Postgres; what they get opens a desk in an empty store. */
export function describeInEachFamily(name: string, tests: (open: (choices?: Choices) => Desk) => void): void {
  describe(`${name} in memory`, () => {
    tests(openMemoryDesk);
  });
  describeWithPostgres(`${name} on Postgres`, () => {
    let store: Awaited<ReturnType<typeof openPostgres>>;
    beforeAll(async () => {
      store = await openPostgres();
    });
    beforeEach(() => store.clear());
    afterAll(() => store?.close());
    tests((choices = {}) => openDesk(store, choices));
  });
}
