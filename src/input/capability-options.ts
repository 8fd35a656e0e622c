import { having } from '../core/input/option-kinds.js';
import type { BuildViews } from '../ports/build-views.js';
import type { Checklists } from '../ports/checklists.js';
import type { CircuitBreakers } from '../ports/circuit-breakers.js';
import type { DeadLetters } from '../ports/dead-letters.js';
import type { DeliveryRecords } from '../ports/delivery-records.js';
import type { HostSchema } from '../ports/host-schema.js';
import type { HostTransactions } from '../ports/host-transactions.js';
import type { Purge } from '../ports/purge.js';
import type { QueueListener } from '../ports/queue-listener.js';
import type { Sweep } from '../ports/sweep.js';

const GIVE = 'give what your storage has, or leave the option out';

/** What a storage may do besides what it must; see `Capabilities`. */
export const capabilityShape = {
  hostSchema: having<HostSchema>(['isHostId'], GIVE).optional(),
  hostTransactions: having<HostTransactions<never>>(['savepoint'], GIVE).optional(),
  checklists: having<Checklists<never>>(['lockChecklist', 'saveProgress'], GIVE).optional(),
  buildViews: having<BuildViews>(['findBuilds', 'findChangedBuilds', 'countHeld'], GIVE).optional(),
  sweep: having<Sweep<never>>(['findStranded'], GIVE).optional(),
  circuitBreakers: having<CircuitBreakers<never>>(['load', 'loadOpen', 'save'], GIVE).optional(),
  deliveryRecords: having<DeliveryRecords>(['findFinished', 'save'], GIVE).optional(),
  deadLetters: having<DeadLetters>(['list', 'redrive'], GIVE).optional(),
  purge: having<Purge>(['idempotencyAnswers', 'deliveryRecords', 'deadLetters'], GIVE).optional(),
  queueListener: having<QueueListener>(['listen'], GIVE).optional(),
};
