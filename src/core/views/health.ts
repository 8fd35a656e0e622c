import type { OpenCircuitBreaker } from '../build/circuit-breaker-facts.js';

/** One thing that is wrong. `message` says what to do next. */
export type HealthFinding = { readonly message: string } & (
  | { readonly kind: 'database_unreachable' }
  /** Calls to WRK wait for everyone. */
  | { readonly kind: 'wrk_unavailable'; readonly circuitBreaker: OpenCircuitBreaker }
  /** Calls wait for these tenants; at most as many as `stats` shows. */
  | { readonly kind: 'wrk_refuses_tenants'; readonly tenantIds: readonly string[] }
  | { readonly kind: 'builds_overdue'; readonly oldestDueMs: number }
  | { readonly kind: 'notifications_overdue'; readonly oldestDueMs: number }
  | { readonly kind: 'dead_letters'; readonly count: number }
);

/** How the library is doing. `status` is the gravest of the findings, which come in the order of their gravity. */
export interface BuildsHealth {
  readonly status: 'ok' | HealthFinding['kind'];
  readonly findings: readonly HealthFinding[];
}

interface QueueFigures {
  readonly oldestDueMs: number | null;
  readonly dead: number;
}

/** What health is composed from. */
export interface HealthFacts {
  readonly buildRequests: QueueFigures;
  readonly notifications: QueueFigures;
  readonly openCircuitBreakers: readonly (OpenCircuitBreaker & { readonly tenantId: string | null })[];
}

/** Composes it. `null`: the facts could not be had. Builds that wait at everyone's circuit breaker are not overdue besides. */
export function composeHealth(facts: HealthFacts | null, overdueMs: number): BuildsHealth {
  const findings = facts ? findingsIn(facts, overdueMs) : [UNREACHABLE];
  return { status: findings[0]?.kind ?? 'ok', findings };
}

const UNREACHABLE: HealthFinding = {
  kind: 'database_unreachable',
  message: 'The database does not answer: bring it back. Workers go on by themselves then.',
};

function findingsIn(facts: HealthFacts, overdueMs: number): readonly HealthFinding[] {
  const { buildRequests, notifications, openCircuitBreakers } = facts;
  const everyone = openCircuitBreakers.find(({ tenantId }) => tenantId === null);
  const tenantIds = openCircuitBreakers.flatMap(({ tenantId }) => (tenantId === null ? [] : [tenantId]));
  const overdue = ({ oldestDueMs }: QueueFigures) =>
    oldestDueMs !== null && oldestDueMs > overdueMs ? oldestDueMs : null;
  const buildsDueMs = everyone ? null : overdue(buildRequests);
  const notificationsDueMs = overdue(notifications);
  const count = buildRequests.dead + notifications.dead;
  return [
    ...(everyone ? [unavailable(everyone)] : []),
    ...(tenantIds.length > 0
      ? [
          {
            kind: 'wrk_refuses_tenants' as const,
            tenantIds,
            message: `WRK turns ${tenantIds.length} tenants away: have their access at WRK fixed. Their builds wait, and go on by themselves then.`,
          },
        ]
      : []),
    ...(buildsDueMs === null
      ? []
      : [
          {
            kind: 'builds_overdue' as const,
            oldestDueMs: buildsDueMs,
            message: `A build has been due for ${seconds(buildsDueMs)}: see that workers run, and start more if they do.`,
          },
        ]),
    ...(notificationsDueMs === null
      ? []
      : [
          {
            kind: 'notifications_overdue' as const,
            oldestDueMs: notificationsDueMs,
            message: `A notification has been due for ${seconds(notificationsDueMs)}: see that workers run, and start more if they do.`,
          },
        ]),
    ...(count === 0
      ? []
      : [
          {
            kind: 'dead_letters' as const,
            count,
            message: `${count} messages are dead: read them with deadLetters, fix the cause, and redrive them.`,
          },
        ]),
  ];
}

function unavailable({ reason, probes, openForMs, nextProbeInMs }: OpenCircuitBreaker): HealthFinding {
  const cause =
    reason === 'credentials_refused'
      ? 'WRK refuses our credentials: give the library valid ones'
      : 'WRK does not work: find out from WRK what is wrong';
  return {
    kind: 'wrk_unavailable',
    circuitBreaker: { reason, probes, openForMs, nextProbeInMs },
    message: `${cause}. Builds have waited for ${seconds(openForMs)}, and go on by themselves when the next try, in ${seconds(nextProbeInMs)}, succeeds.`,
  };
}

const seconds = (ms: number) => `${Math.ceil(ms / 1_000)} s`;
