import type { Builds } from '../builds.js';
import { BUILD_REQUESTS, NOTIFICATIONS } from '../core/build/messages.js';
import { composeHealth } from '../core/views/health.js';
import { readHealthOptions } from '../input/call-options.js';
import type { Capabilities } from '../ports/capabilities.js';
import type { Queue } from '../ports/queue.js';

/** Open circuit breakers that are shown at once. */
const MAX_CIRCUIT_BREAKERS = 100;

/** What the figures are read from. */
export interface StatsDeps<Tx> {
  readonly queue: Queue<Tx>;
  readonly capabilities: Capabilities<Tx>;
}

/** Connects the figures with where they are read. */
export function prepareStats<Tx>({
  queue,
  capabilities: { buildViews, circuitBreakers },
}: StatsDeps<Tx>): Pick<Builds<Tx>, 'stats' | 'health'> {
  const stats = async () => {
    const [buildRequests, notifications, buildsInFlight, refusedOutcomes, openCircuitBreakers] =
      await Promise.all([
        queue.stats(BUILD_REQUESTS),
        queue.stats(NOTIFICATIONS),
        buildViews?.countHeld() ?? null,
        buildViews?.countRefused() ?? null,
        circuitBreakers?.loadOpen(MAX_CIRCUIT_BREAKERS) ?? [],
      ]);
    return { buildRequests, notifications, buildsInFlight, refusedOutcomes, openCircuitBreakers };
  };
  return {
    stats,
    // Not async: options that cannot be used throw at once, since the promise never rejects.
    health: (asked) => {
      const { overdueMs } = readHealthOptions(asked);
      return stats().then(
        (found) => composeHealth(found, overdueMs),
        () => composeHealth(null, overdueMs),
      );
    },
  };
}
