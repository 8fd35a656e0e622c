import { createHash, randomUUID } from 'node:crypto';
import { err, type Result, ResultAsync } from 'neverthrow';
import type { BlueprintPolicy } from './core/blueprint/blueprint-policy.js';
import { graphBlueprint } from './core/blueprint/graph-policy.js';
import { type ChecklistPolicy, defaultChecklist } from './core/checklist.js';
import { DEFAULT_DELIVERY_POLICY, type DeliveryPolicy } from './core/decide-delivery.js';
import type { RequestBuildError } from './core/errors.js';
import type { RequestAnswer } from './core/facts.js';
import { BUILD_REQUESTS, NOTIFICATIONS } from './core/messages.js';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from './core/retry-policy.js';
import { DEFAULT_STARTABLE_STATUSES } from './core/statuses.js';
import { commitOneByOne } from './handlers/commit-one-by-one.js';
import { type HostPrerequisite, handleRequestBuild } from './handlers/handle-request-build.js';
import { reconcile } from './handlers/reconcile.js';
import { takeBuildsThroughQueue } from './handlers/take-builds.js';
import type { EventListener } from './observability/events.js';
import type { AuditLog } from './ports/audit-log.js';
import type { FusedStatements } from './ports/fused.js';
import type { Notifiers, ResolveRecipients } from './ports/notifier.js';
import type { Queue } from './ports/queue.js';
import type { Repository } from './ports/repository.js';
import type { WrkPlatformClient } from './ports/wrk-platform-client.js';
import { prepareSets } from './prepare-sets.js';
import { prepareWorkers } from './prepare-workers.js';
import { type RequestBuildInput, readRequest } from './request-build-input.js';
import { startWorkers, type WorkerOptions, type Workers } from './workers/start-workers.js';
import { createWakers } from './workers/wakers.js';

/** Everything that a host chooses. */
export interface BuildsOptions<Tx> {
  readonly repository: Repository<Tx>;
  readonly queue: Queue<Tx>;
  readonly auditLog: AuditLog<Tx>;
  /** Comes with a family of adapters that can do more in one statement; leave it out otherwise. */
  readonly fused?: FusedStatements;
  readonly wrk: WrkPlatformClient;
  readonly notifiers: Notifiers;
  readonly resolveRecipients: ResolveRecipients;
  /** Statuses a build may start from. Default `Ready for Build`, `Awaiting Client Approval`. */
  readonly startableStatuses?: readonly string[];
  /** When a blueprint is complete. Default: a graph of nodes and edges. */
  readonly blueprint?: BlueprintPolicy;
  /** The tasks of a build. Default: one for the workflow, one for each system, and the manual rest. */
  readonly checklist?: ChecklistPolicy;
  /** Checks of the host's own. Default none. */
  readonly prerequisites?: readonly HostPrerequisite[];
  /** How often WRK is called. Default: one call and three retries after about 1, 2 and 4 seconds. */
  readonly retry?: Partial<RetryPolicy>;
  /** How often a notification is tried. Default: 8 times within about an hour and a half. */
  readonly delivery?: Partial<DeliveryPolicy>;
  /** Longest wait for a row that another transaction holds, in milliseconds. Default 5,000. */
  readonly lockWaitMs?: number;
  /** Told of everything that happens. Default: nobody. */
  readonly onEvent?: EventListener;
}

/** The library, wired. */
export interface Builds {
  /**
   * Requests a build: flow 21. When it is accepted, the change is durable and the build will run.
   *
   * The race: of requests for one version, or for versions of one project, exactly one is accepted; the others get
   * `build_already_in_progress`. It rejects only when the database fails, on Postgres with a `DatabaseError`.
   */
  readonly requestBuild: (input: RequestBuildInput) => ResultAsync<RequestAnswer, RequestBuildError>;
  /** Starts working off builds and notifications in this process. */
  readonly startWorkers: (options?: WorkerOptions) => Workers;
  /** Sends a message again for builds that wait without one; returns how many. Running workers do it by themselves. */
  readonly reconcile: () => Promise<number>;
}

/**
 * Wires the library.
 *
 * Throws when repository, queue and audit log do not share a database: they could not share a transaction.
 */
export function createBuilds<Tx>(options: BuildsOptions<Tx>): Builds {
  const { repository, queue, auditLog, fused, prerequisites = [], lockWaitMs = 5_000 } = options;
  if (queue.database !== repository.database || auditLog.database !== repository.database) {
    throw new TypeError(
      'Repository, queue and audit log must come from one database, since they write in one transaction: take all three from the same adapter.',
    );
  }
  const storage = { repository, queue, auditLog };
  const wakers = createWakers();
  const world = {
    newId: randomUUID,
    random: Math.random,
    hash: (text: string) => createHash('sha256').update(text).digest('hex'),
    lockWaitMs,
    emit: quietly(options.onEvent),
    wake: wakers.wake,
  };
  const sets = prepareSets(repository, queue, fused?.commit ?? commitOneByOne(storage));
  const channels = { slack: options.notifiers.slack !== undefined };
  const blueprint = options.blueprint ?? graphBlueprint;
  const requestShell = {
    load: sets.loadRequest,
    commit: sets.commit,
    hostPrerequisites: prerequisites,
    lockWaitMs,
    policy: {
      startableStatuses: options.startableStatuses ?? DEFAULT_STARTABLE_STATUSES,
      blueprint,
      checklist: options.checklist ?? defaultChecklist,
      channels,
    },
  };

  const request = async (input: RequestBuildInput): Promise<Result<RequestAnswer, RequestBuildError>> => {
    const startedAt = performance.now();
    const command = readRequest(input, world);
    if (command.isErr()) return err(command.error);
    const { tenantId, requestId, via, userId, target } = command.value;
    const outcome = await handleRequestBuild(command.value, requestShell);
    const about = { tenantId, requestId, via, userId, durationMs: performance.now() - startedAt };
    if (outcome.isErr()) {
      const named = 'projectId' in target ? target.projectId : target.automationVersionId;
      world.emit({ type: 'request_refused', ...about, target: named, code: outcome.error.code });
    } else {
      const { answer, kind } = outcome.value;
      world.emit({ type: 'request_accepted', ...about, ...answer, replayed: kind === 'replayed' });
      if (kind === 'accepted') {
        world.wake(BUILD_REQUESTS);
        world.wake(NOTIFICATIONS);
      }
    }
    return outcome.map(({ answer }) => answer);
  };

  return {
    requestBuild: (input) => new ResultAsync(request(input)),
    reconcile: () => reconcile(storage),
    startWorkers: (workerOptions) =>
      startWorkers(
        prepareWorkers({
          storage,
          sets,
          world,
          onWake: wakers.onWake,
          takeBuilds: fused?.takeBuilds ?? takeBuildsThroughQueue(storage),
          wrk: options.wrk,
          notifiers: options.notifiers,
          resolveRecipients: options.resolveRecipients,
          orchestration: {
            blueprint,
            channels,
            duplicates: options.wrk.duplicates,
            retry: { ...DEFAULT_RETRY_POLICY, ...options.retry },
          },
          delivery: { ...DEFAULT_DELIVERY_POLICY, ...options.delivery },
        }),
        workerOptions,
      ),
  };
}

/** No build fails for the sake of a listener. */
function quietly(listener: EventListener | undefined): EventListener {
  return (event) => {
    try {
      const heard: unknown = listener?.(event);
      if (heard instanceof Promise) heard.catch(() => {});
    } catch {
      // The listener's own problem.
    }
  };
}
