import type { BlueprintPolicy } from '../core/blueprint/blueprint-policy.js';
import type { ChecklistPolicy } from '../core/blueprint/checklist.js';
import type { Orchestration } from '../core/build/facts.js';
import type { CircuitBreakerOptions } from '../core/circuit-breaker/circuit-breaker.js';
import type { RetryOptions } from '../core/orchestration/retry-policy.js';
import type { ChooseOrchestration } from '../core/request/choose-orchestration.js';
import type { HostPrerequisite } from '../handlers/handle-request-build.js';
import type { EventListener } from '../observability/events.js';
import type { AuditLog } from '../ports/audit-log.js';
import type { Capabilities } from '../ports/capabilities.js';
import type { SomeFusedStatements } from '../ports/fused.js';
import type { Notifier, Notifiers, ResolveRecipients } from '../ports/notifier.js';
import type { Queue } from '../ports/queue.js';
import type { Repository } from '../ports/repository.js';
import type { WrkPlatformClient } from '../ports/wrk-platform-client.js';
import type { BlueprintLimitOptions } from './blueprint-limit-options.js';
import type { DeliveryOptions } from './delivery-options.js';
import type { LimitOptions } from './limit-options.js';
import type { RetentionOptions } from './retention-options.js';
import type { WatchOptions } from './watch-options.js';

/**
 * Everything that a host chooses. Storages bring repository, queue, audit log and what else they can do: spread one.
 */
export interface BuildsOptions<Tx> extends Capabilities<Tx> {
  /** Keeps builds. Comes with a storage. */
  readonly repository: Repository<Tx>;
  /** Keeps messages. Comes with a storage. */
  readonly queue: Queue<Tx>;
  /** Keeps who changed what. Comes with a storage. */
  readonly auditLog: AuditLog<Tx>;
  /**
   * What a storage does in one statement where the ports alone would take several. Comes with a storage. A port of your own
   * beside it is used: `{ ...storage, auditLog: mine }` calls `mine.append` for each entry, in a transaction of several statements.
   *
   * @default each port by itself
   */
  readonly fused?: SomeFusedStatements | undefined;
  /** Calls the WRK Platform: `wrkHttp` of `wrk-builds/wrk-http` makes one. */
  readonly wrk: WrkPlatformClient;
  /** Delivers notifications over each channel. */
  readonly notifiers: Notifiers;
  /**
   * Stands in for `notifiers.inApp` where that is left out. A storage brings it: spread the storage into the options.
   *
   * @default none: give `notifiers.inApp`
   */
  readonly inAppNotifier?: Notifier | undefined;
  /** Says who the people are that a notification is for. */
  readonly resolveRecipients: ResolveRecipients;
  /**
   * Statuses that a build may start from, at least one.
   *
   * @default ['Ready for Build', 'Awaiting Client Approval']
   */
  readonly startableStatuses?: readonly string[] | undefined;
  /**
   * Decides when a blueprint is complete.
   *
   * @default graphBlueprint, a graph of nodes and edges
   */
  readonly blueprint?: BlueprintPolicy | undefined;
  /**
   * How large a blueprint may be, and how many findings are told of one.
   *
   * @default 2 MiB, 5,000 nodes, 20,000 edges, 100 levels, 200,000 values, 500 systems, 500 tasks, 100 findings
   */
  readonly blueprintLimits?: BlueprintLimitOptions | undefined;
  /**
   * How many costly requests of one tenant are under way at once in this process, from 1 to 1,000. A request or a preview is
   * costly if its blueprint has more than a tenth of `blueprintLimits.bytes`. Others of the tenant are refused with
   * `too_many_costly_requests` meanwhile; cheap ones never are.
   *
   * @default 1
   */
  readonly costlyRequestsPerTenant?: number | undefined;
  /**
   * Makes the tasks of a build from its blueprint.
   *
   * @default defaultChecklist: a task for the workflow, one for each system, and the manual rest
   */
  readonly checklist?: ChecklistPolicy | undefined;
  /**
   * Who carries out the builds that are requested from now on: `automatic`, the workers, or `manual`, people outside.
   * Then nothing is sent to WRK, and each build waits until somebody adopts the workflow that they made. A function chooses
   * for each build, so that clients can be moved over one at a time; what it throws rejects the request, with nothing written.
   *
   * @default 'automatic'
   */
  readonly orchestration?: Orchestration | ChooseOrchestration | undefined;
  /**
   * Checks of the host's own, asked before each decision: all at once, or with `{ tx }` one after the other in the host's
   * transaction. Each may take 10 seconds. What one throws rejects the request, with nothing written; with `{ tx }`, SQL of it
   * that the database refuses is answered with `host_refused` instead.
   *
   * @default none
   */
  readonly prerequisites?: readonly HostPrerequisite<NoInfer<Tx>>[] | undefined;
  /**
   * How often WRK is called.
   *
   * @default one call, and three retries after about 1, 2 and 4 seconds
   */
  readonly retry?: RetryOptions | undefined;
  /**
   * How often a notification is tried, for all channels and for each.
   *
   * @default 8 times within about an hour and a half
   */
  readonly delivery?: DeliveryOptions | undefined;
  /**
   * When calls to WRK are held back, and how it is tried again. Refused credentials open the circuit breaker for everyone at
   * once; a refused or unknown tenant, for that tenant. Needs the capability `circuitBreakers`.
   *
   * @default after 5 failed calls in a row, tried after 1 s and then ever more patiently, at least once a minute
   */
  readonly circuitBreaker?: CircuitBreakerOptions | undefined;
  /**
   * What claims of builds keep to, over all processes.
   *
   * @default no limits
   */
  readonly limits?: LimitOptions | undefined;
  /**
   * How changes are looked for while somebody watches builds.
   *
   * @default every 2 s, 10 s back, up to 1,000 one by one
   */
  readonly watch?: WatchOptions | undefined;
  /**
   * How long settled rows are kept. Needs the capability `purge`.
   *
   * @default dead letters 30 days, deliveries 31, idempotency answers 7
   */
  readonly retention?: RetentionOptions | undefined;
  /**
   * The longest wait for a row that another transaction holds, in milliseconds, from 1 to 86,400,000 (1 day).
   *
   * @default 5_000
   */
  readonly lockWaitMs?: number | undefined;
  /**
   * Compares the database with what the library needs of it before anything else: requests and workers wait for it, and
   * reject with a `SchemaMismatch` for as long as something does not fit. Needs the capability `hostSchema`.
   *
   * @default false
   */
  readonly verifyAtStart?: boolean | undefined;
  /**
   * Called with everything that happens. `logEvents` makes one that logs it.
   *
   * @default nobody is called
   */
  readonly onEvent?: EventListener | undefined;
}
