import { nodePostgres, type PostgresTx, postgres } from '../../../src/adapters/postgres/index.js';
import type { Builds, BuildsOptions } from '../../../src/builds.js';
import { planNotifications } from '../../../src/core/notifications/notification-plan.js';
import { createBuilds } from '../../../src/create-builds.js';
import type { BuildEvent } from '../../../src/observability/events.js';
import { type OutboxOptions, outbox } from '../../../src/outbox/outbox.js';
import type { Capabilities } from '../../../src/ports/capabilities.js';
import type { Engine } from '../../../src/ports/engine.js';
import { buildableProject, stableId } from '../../../src/testing/builders.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import type { WorkerOptions, Workers } from '../../../src/workers/start-workers.js';
import type { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { portsOf } from '../../support/ports-of.js';

/** Short, so that a test does not wait for what an engine has lost. */
export const AGAIN_AFTER_MS = 300;

/** Few at once, so that window of what there is to do is in the engine. */
const WORKERS: WorkerOptions = {
  concurrency: { builds: 4, notifications: 4 },
  pollIntervalMs: 20,
  sweepIntervalMs: 3_600_000,
};

/** One process of a host. */
export interface EngineProcess {
  readonly builds: Builds<PostgresTx>;
  readonly start: (options?: WorkerOptions) => Workers;
  /** Stops its workers, and closes its engine. */
  readonly stop: () => Promise<void>;
}

/** A host of several processes on one database, with a WRK in memory and people who remember what they were told. */
export function openEngineDesk(store: Awaited<ReturnType<typeof openPostgres>>) {
  const fake = createFakeWrk({ latencyMs: 5 });
  const events: BuildEvent[] = [];
  const mails = new Set<string>();
  let onEvent = (_event: BuildEvent) => {};
  const count = (type: BuildEvent['type']) => events.filter((event) => event.type === type).length;

  const openProcess = (
    storage: Pick<BuildsOptions<PostgresTx>, 'repository' | 'queue' | 'auditLog' | 'fused'> &
      Capabilities<PostgresTx>,
  ) =>
    createBuilds({
      ...portsOf(storage),
      wrk: fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } }),
      notifiers: {
        inApp: store.inAppNotifier,
        email: {
          deliver: async ({ key }) => {
            mails.add(key);
            return { status: 'delivered' };
          },
        },
      },
      resolveRecipients: async ({ audience }) => [{ id: audience }],
      retry: { initialDelayMs: 50, jitter: 0 },
      onEvent: (event) => {
        events.push(event);
        onEvent(event);
      },
    });
  const processOf = (builds: Builds<PostgresTx>, close: () => Promise<void>): EngineProcess => {
    const running: Workers[] = [];
    return {
      builds,
      start: (options) => {
        const workers = builds.startWorkers({
          ...WORKERS,
          ...options,
          concurrency: { ...WORKERS.concurrency, ...options?.concurrency },
        });
        running.push(workers);
        return workers;
      },
      stop: async () => {
        await Promise.all(running.map((workers) => workers.stop({ graceMs: 0 })));
        await close();
      },
    };
  };

  return {
    fake,
    events,
    count,
    /** Is told of every event from now on. */
    hear: (listener: (event: BuildEvent) => void) => {
      onEvent = listener;
    },
    openProcess: (engine: Engine, options: OutboxOptions = {}): EngineProcess => {
      const own = outbox(engine, postgres(nodePostgres(store.pool)), {
        againAfterMs: AGAIN_AFTER_MS,
        ...options,
      });
      return processOf(openProcess(own), own.close);
    },
    /** A process of the same host that knows of no engine. */
    openWithoutEngine: (): EngineProcess =>
      processOf(openProcess(postgres(nodePostgres(store.pool))), async () => {}),
    /** Requests so many builds, of three tenants. */
    request: async ({ builds }: EngineProcess, howMany: number) => {
      const projects = Array.from({ length: howMany }, (_, index) =>
        buildableProject({ name: `project ${index}`, tenantId: stableId(`tenant ${index % 3}`) }),
      );
      for (const { rows } of projects) await store.host.insert(rows);
      const answers = await Promise.all(
        projects.map(({ tenantId, versionId }) =>
          builds.requestBuild({ tenantId, automationVersionId: versionId, trigger: 'auto_build' }),
        ),
      );
      return answers.map((answer) => answer._unsafeUnwrap().bindingId);
    },
    /** What there is of so many builds when nothing was lost and nothing done twice. */
    whatIsExpected: (howMany: number) => {
      const plan = (['started', 'complete'] as const).flatMap((moment) =>
        planNotifications(moment, { slack: false, assigned: false }),
      );
      const perBuild = (channel: string) => plan.filter((each) => each.channel === channel).length;
      return {
        active: howMany,
        workflows: howMany,
        calls: howMany,
        inApp: howMany * perBuild('in_app'),
        mails: howMany * perBuild('email'),
        messages: 0,
      };
    },
    /** What there is. In-app notifications are told apart by their keys, which the table does not have twice. */
    whatIsThere: async () => {
      const rows = await store.libraryRows();
      return {
        active: rows.bindings.filter(({ status }) => status === 'active').length,
        workflows: fake.workflows().length,
        calls: rows.calls.length,
        inApp: rows.inAppNotifications.length,
        mails: mails.size,
        messages: rows.messages.length,
      };
    },
  };
}
