import type { Builds } from '../builds.js';
import { BUILD_REQUESTS, NOTIFICATIONS } from '../core/build/messages.js';
import { composeHealth } from '../core/views/health.js';
import type { Capabilities } from '../ports/capabilities.js';
import type { Queue } from '../ports/queue.js';

/** Open circuit breakers that are shown at once. */
const MAX_CIRCUIT_BREAKERS = 100;

/** The host's target: 95% of builds within five minutes. */
const OVERDUE_MS = 300_000;

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
    const [buildRequests, notifications, buildsInFlight, openCircuitBreakers] = await Promise.all([
      queue.stats(BUILD_REQUESTS),
      queue.stats(NOTIFICATIONS),
      buildViews?.countHeld() ?? null,
      circuitBreakers?.loadOpen(MAX_CIRCUIT_BREAKERS) ?? [],
    ]);
    return { buildRequests, notifications, buildsInFlight, openCircuitBreakers };
  };
  return {
    stats,
    health: ({ overdueMs = OVERDUE_MS } = {}) =>
      stats().then(
        (found) => composeHealth(found, overdueMs),
        () => composeHealth(null, overdueMs),
      ),
  };
}
