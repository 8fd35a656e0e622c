import type { BuildViews } from './build-views.js';
import type { Checklists } from './checklists.js';
import type { CircuitBreakers } from './circuit-breakers.js';
import type { DeadLetters } from './dead-letters.js';
import type { DeliveryRecords } from './delivery-records.js';
import type { HostSchema } from './host-schema.js';
import type { HostTransactions } from './host-transactions.js';
import type { Purge } from './purge.js';
import type { QueueListener } from './queue-listener.js';
import type { Sweep } from './sweep.js';
import type { WorkflowHolders } from './workflow-holders.js';

/**
 * What a storage may do besides what the two flows need. Each capability is optional and is passed beside repository,
 * queue and audit log; each says here what happens without it. The storages of `wrk-builds/postgres` and
 * `wrk-builds/memory` have all of them; only listening depends on the driver.
 */
export interface Capabilities<Tx> {
  /** Absent: every id is accepted, and `verifyAtStart` is refused. */
  readonly hostSchema?: HostSchema;
  /** Absent: a request with `{ tx }` and `recordChecklistChange` are refused. */
  readonly hostTransactions?: HostTransactions<Tx>;
  /** Absent: `recordChecklistChange` is refused. */
  readonly checklists?: Checklists<Tx>;
  /** Absent: `getBuild`, `listBuilds`, `retryBuilds` and `watchBuilds` are refused; builds in flight are not counted. */
  readonly buildViews?: BuildViews;
  /** Absent: builds whose message was lost are not found, and `reconcile` is refused. */
  readonly sweep?: Sweep<Tx>;
  /** Absent: calls to WRK are never held back, and the option `circuitBreaker` is refused. */
  readonly circuitBreakers?: CircuitBreakers<Tx>;
  /** Absent: a repeated notification goes to all of its recipients again. */
  readonly deliveryRecords?: DeliveryRecords;
  /** Absent: `deadLetters` and `redrive` are refused. */
  readonly deadLetters?: DeadLetters;
  /** Absent: nothing is removed, and the option `retention` is refused. */
  readonly purge?: Purge;
  /** Absent: a build whose workflow was adopted for another one by mistake ends as `workflow_conflict`. */
  readonly workflowHolders?: WorkflowHolders;
  /** Absent: workers only poll, every `pollIntervalMs`. */
  readonly queueListener?: QueueListener;
}
