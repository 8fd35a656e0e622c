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

/**
 * What a storage may be able to do besides what the two flows need of it. Each is optional, and stands beside repository,
 * queue and audit log; what needs one that is absent is refused, or left out, as each says here. The storages of
 * `wrk-builds/postgres` and `wrk-builds/memory` have them all; only listening depends on the driver.
 */
export interface Capabilities<Tx> {
  /** Absent: every id passes, and `verifyAtStart` is refused. */
  readonly hostSchema?: HostSchema;
  /** Absent: a request with `{ tx }` and `recordChecklistChange` are refused. */
  readonly hostTransactions?: HostTransactions<Tx>;
  /** Absent: `recordChecklistChange` is refused. */
  readonly checklists?: Checklists<Tx>;
  /** Absent: `getBuild`, `listBuilds`, `retryBuilds` and `watchBuilds` are refused; builds in flight are not counted. */
  readonly buildViews?: BuildViews;
  /** Absent: nobody looks for builds whose message was lost, and `reconcile` is refused. */
  readonly sweep?: Sweep<Tx>;
  /** Absent: calls to WRK are never held back, and the option `circuitBreaker` is refused. */
  readonly circuitBreakers?: CircuitBreakers<Tx>;
  /** Absent: a notification that comes again goes to all of its recipients again. */
  readonly deliveryRecords?: DeliveryRecords;
  /** Absent: `deadLetters` and `redrive` are refused. */
  readonly deadLetters?: DeadLetters;
  /** Absent: nothing is removed, and the option `retention` is refused. */
  readonly purge?: Purge;
  /** Absent: workers look at the queue every `pollIntervalMs`, and are told of nothing. */
  readonly queueListener?: QueueListener;
}
