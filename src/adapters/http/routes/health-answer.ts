import type * as z from 'zod';
import type { BuildsStats } from '../../../builds.js';
import type { OpenCircuitBreaker } from '../../../core/build/circuit-breaker-facts.js';
import type { BuildsHealth, HealthFinding } from '../../../core/views/health.js';
import type { QueueStats } from '../../../ports/queue.js';
import type { health, stats } from '../schemas/health-answers.js';

/**
 * What to do about each finding. The library's own messages end with what some tenant's message or host's function said, and
 * whoever reads this may be of another.
 */
const MESSAGES: Readonly<Record<HealthFinding['kind'], string>> = {
  database_unreachable: 'The database is not answering: bring it back. Workers then resume automatically.',
  wrk_unavailable:
    'Calls to WRK wait for everyone: check our credentials and WRK. Builds then resume automatically.',
  wrk_refuses_tenants:
    'WRK is rejecting tenants, or failing for their builds: look at their builds. They resume automatically.',
  builds_overdue: 'A build is overdue: check that workers are running, and start more if they are.',
  notifications_overdue:
    'A notification is overdue: check that workers are running, and start more if they are.',
  notifications_failing:
    'Notifications could not be delivered so far, and are tried again: the logs say why.',
  outcomes_refused:
    'The database refused the outcome of builds: the logs say why. Then retry those that failed as outcome_refused.',
  dead_letters: 'Messages were given up: list them for each tenant, fix the cause, then redrive them.',
};

/** The health as the HTTP API returns it: kinds and figures, with nothing of any one tenant. */
export function healthAnswer({ status, findings }: BuildsHealth): z.input<typeof health> {
  return { status, findings: findings.map(findingAnswer) };
}

function findingAnswer(finding: HealthFinding): z.input<typeof health>['findings'][number] {
  const message = MESSAGES[finding.kind];
  switch (finding.kind) {
    case 'database_unreachable':
      return { kind: finding.kind, message };
    case 'wrk_unavailable':
      return { kind: finding.kind, message, circuit_breaker: breakerAnswer(finding.circuitBreaker) };
    case 'wrk_refuses_tenants':
      return { kind: finding.kind, message, tenants: finding.tenantIds.length };
    case 'builds_overdue':
    case 'notifications_overdue':
      return { kind: finding.kind, message, oldest_due_ms: finding.oldestDueMs };
    case 'notifications_failing':
    case 'outcomes_refused':
    case 'dead_letters':
      return { kind: finding.kind, message, count: finding.count };
  }
}

/** The figures as the HTTP API returns them: without texts and tenants. */
export function statsAnswer(found: BuildsStats): z.input<typeof stats> {
  const everyone = found.openCircuitBreakers.find(({ tenantId }) => tenantId === null);
  return {
    build_requests: queueAnswer(found.buildRequests),
    notifications: queueAnswer(found.notifications),
    builds_in_flight: found.buildsInFlight,
    outcomes_refused: found.refusedOutcomes?.count ?? null,
    wrk_unavailable: everyone ? breakerAnswer(everyone) : null,
    wrk_refuses_tenants: found.openCircuitBreakers.filter(({ tenantId }) => tenantId !== null).length,
  };
}

function breakerAnswer({ reason, probes, openForMs, nextProbeInMs }: OpenCircuitBreaker) {
  return { reason, probes, open_for_ms: openForMs, next_probe_in_ms: nextProbeInMs };
}

function queueAnswer({ waiting, oldestDueMs, inFlight, dead, failing }: QueueStats) {
  return { waiting, oldest_due_ms: oldestDueMs, in_flight: inFlight, dead, failing };
}
