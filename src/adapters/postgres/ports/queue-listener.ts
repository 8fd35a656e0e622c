import { BUILD_REQUESTS, NOTIFICATIONS, type QueueName } from '../../../core/build/messages.js';
import type { Queue } from '../../../ports/queue.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import type { PostgresTx } from '../transactions/transaction.js';

const QUEUES: readonly QueueName[] = [BUILD_REQUESTS, NOTIFICATIONS];

/** The queue's `listen`, if the driver can listen and notifications are enabled. */
export function queueListener(
  { listen }: PostgresDatabase,
  { channel }: Tables,
): Pick<Queue<PostgresTx>, 'listen'> {
  if (!listen || channel === null) return {};
  return {
    listen: ({ wake, onProblem }) =>
      listen(channel, {
        // A queue name that this version does not know belongs to another version.
        onNotification: (payload) => QUEUES.filter((queue) => queue === payload).forEach(wake),
        onListening: () => QUEUES.forEach(wake),
        onProblem,
      }),
  };
}
