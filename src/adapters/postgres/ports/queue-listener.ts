import { BUILD_REQUESTS, NOTIFICATIONS, type QueueName } from '../../../core/build/messages.js';
import type { Queue } from '../../../ports/queue.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import type { PostgresTx } from '../transactions/transaction.js';

const QUEUES: readonly QueueName[] = [BUILD_REQUESTS, NOTIFICATIONS];

/** The queue's `listen`, where the driver can listen and somebody is told. */
export function queueListener(
  { listen }: PostgresDatabase,
  { channel }: Tables,
): Pick<Queue<PostgresTx>, 'listen'> {
  if (!listen || channel === null) return {};
  return {
    listen: ({ wake, onProblem }) =>
      listen(channel, {
        // A name that this version does not know is some other version's business.
        onNotification: (payload) => QUEUES.filter((queue) => queue === payload).forEach(wake),
        onListening: () => QUEUES.forEach(wake),
        onProblem,
      }),
  };
}
