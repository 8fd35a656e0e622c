import { BUILD_REQUESTS, NOTIFICATIONS, type QueueName } from '../../../core/build/messages.js';
import type { QueueListener } from '../../../ports/queue-listener.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';

const QUEUES: readonly QueueName[] = [BUILD_REQUESTS, NOTIFICATIONS];

/** Present where the driver can listen and somebody is told. */
export function postgresQueueListener(
  { listen }: PostgresDatabase,
  { channel }: Tables,
): QueueListener | undefined {
  if (!listen || channel === null) return undefined;
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
