import { callback, having } from '../core/input/option-kinds.js';
import type { BuildViews } from '../ports/build-views.js';
import type { Checklists } from '../ports/checklists.js';
import type { CircuitBreakers } from '../ports/circuit-breakers.js';
import type { DeadLetters } from '../ports/dead-letters.js';
import type { DeliveryRecords } from '../ports/delivery-records.js';
import type { HostSchema } from '../ports/host-schema.js';
import type { HostTransactions } from '../ports/host-transactions.js';
import type { InAppInbox } from '../ports/in-app-inbox.js';
import type { Outbox } from '../ports/outbox.js';
import type { Purge } from '../ports/purge.js';
import type { QueueListener } from '../ports/queue-listener.js';
import type { Sweep } from '../ports/sweep.js';
import type { WorkflowHolders } from '../ports/workflow-holders.js';

const GIVE = 'give what your storage has, or leave the option out';

/** What a storage may do besides what it must; see `Capabilities`. */
export const capabilityShape = {
  hostSchema: having<HostSchema>(['isHostId'], GIVE).optional(),
  hostTransactions: having<HostTransactions<never>>(['savepoint'], GIVE).optional(),
  checklists: having<Checklists<never>>(['lockChecklist', 'saveProgress'], GIVE).optional(),
  buildViews: having<BuildViews>(
    ['findBuilds', 'findChangedBuilds', 'countHeld', 'countRefused'],
    GIVE,
  ).optional(),
  sweep: having<Sweep<never>>(['findStranded', 'takeUnresolved', 'followUpAgain'], GIVE).optional(),
  circuitBreakers: having<CircuitBreakers<never>>(['load', 'loadOpen', 'save'], GIVE).optional(),
  deliveryRecords: having<DeliveryRecords>(['findFinished', 'save'], GIVE).optional(),
  deadLetters: having<DeadLetters>(['list', 'redrive'], GIVE).optional(),
  purge: having<Purge>(['idempotencyAnswers', 'deliveryRecords', 'deadLetters'], GIVE).optional(),
  workflowHolders: having<WorkflowHolders>(['findHolder'], GIVE).optional(),
  queueListener: having<QueueListener>(['listen'], GIVE).optional(),
};

const MAPPING = 'give the mapping of your tables to the storage: postgres(database, { host })';

/**
 * What the storages of the library bring besides, which `createBuilds` has no use for: a storage is spread into its options
 * as a whole. Nothing else may be there, so that no option is misspelled in silence.
 */
export const storageExtrasShape = {
  outbox: having<Outbox>(
    ['handOver', 'claimByIds'],
    'call outbox(engine, storage), and spread what it returns',
  ).optional(),
  inAppInbox: having<InAppInbox>(['list'], GIVE).optional(),
  host: having<Readonly<Record<'insert' | 'read', unknown>>>(['insert', 'read'], MAPPING).optional(),
  libraryRows: callback(GIVE).optional(),
  clear: callback(GIVE).optional(),
  close: callback(GIVE).optional(),
};
