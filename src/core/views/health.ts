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
  /** Notifications are being tried again, because of the host's functions or a mail server, for example. */
  | { readonly kind: 'notifications_failing'; readonly count: number }
  /** The host's database refuses what follows from WRK's answers. */
  | { readonly kind: 'outcomes_refused'; readonly count: number }
  | { readonly kind: 'dead_letters'; readonly count: number }
);

/** How the library is doing. Findings come most severe first, and `status` is the first of them. */
export interface BuildsHealth {
  readonly status: 'ok' | HealthFinding['kind'];
  readonly findings: readonly HealthFinding[];
}

interface QueueFigures {
  readonly oldestDueMs: number | null;
  readonly dead: number;
  readonly failing: number;
  readonly problem: string | null;
  readonly deadReason: string | null;
}

/** Builds that ended because the host's database refused their outcome, and that nobody has resolved. */
export interface RefusedOutcomes {
  readonly count: number;
  /** What refused the newest one; `null` if there is none. */
  readonly newest: string | null;
}

/** What health is derived from. */
export interface HealthFacts {
  /** `null` if the storage cannot tell. */
  readonly refusedOutcomes: RefusedOutcomes | null;
  readonly buildRequests: QueueFigures;
  readonly notifications: QueueFigures;
  readonly openCircuitBreakers: readonly (OpenCircuitBreaker & { readonly tenantId: string | null })[];
}

/** `null`: the facts could not be read. Builds that wait behind everyone's circuit breaker do not count as overdue too. */
export function composeHealth(facts: HealthFacts | null, overdueMs: number): BuildsHealth {
  const findings = facts ? findingsIn(facts, overdueMs) : [UNREACHABLE];
  return { status: findings[0]?.kind ?? 'ok', findings };
}

const UNREACHABLE: HealthFinding = {
  kind: 'database_unreachable',
  message: 'The database is not answering: bring it back. Workers then resume automatically.',
};

function findingsIn(facts: HealthFacts, overdueMs: number): readonly HealthFinding[] {
  const { buildRequests, notifications, openCircuitBreakers, refusedOutcomes } = facts;
  const everyone = openCircuitBreakers.find(({ tenantId }) => tenantId === null);
  const tenantIds = openCircuitBreakers.flatMap(({ tenantId }) => (tenantId === null ? [] : [tenantId]));
  const overdue = ({ oldestDueMs }: QueueFigures) =>
    oldestDueMs !== null && oldestDueMs > overdueMs ? oldestDueMs : null;
  const buildsDueMs = everyone ? null : overdue(buildRequests);
  const notificationsDueMs = overdue(notifications);
  const count = buildRequests.dead + notifications.dead;
  const newest = notifications.deadReason ?? buildRequests.deadReason;
  return [
    ...(everyone ? [unavailable(everyone)] : []),
    ...(tenantIds.length > 0
      ? [
          {
            kind: 'wrk_refuses_tenants' as const,
            tenantIds,
            message: `WRK is rejecting ${counted(tenantIds.length, 'tenant')}, or failing for their builds: restore access in WRK, or find out from WRK why. The builds that wait then resume automatically.`,
          },
        ]
      : []),
    ...(buildsDueMs === null
      ? []
      : [
          {
            kind: 'builds_overdue' as const,
            oldestDueMs: buildsDueMs,
            message: `A build has been due for ${seconds(buildsDueMs)}: check that workers are running, and start more if they are.`,
          },
        ]),
    ...(notificationsDueMs === null
      ? []
      : [
          {
            kind: 'notifications_overdue' as const,
            oldestDueMs: notificationsDueMs,
            message: `A notification has been due for ${seconds(notificationsDueMs)}: check that workers are running, and start more if they are.`,
          },
        ]),
    ...(!refusedOutcomes || refusedOutcomes.count === 0
      ? []
      : [
          {
            kind: 'outcomes_refused' as const,
            count: refusedOutcomes.count,
            message: `The database refused the outcome of ${counted(refusedOutcomes.count, 'build')}, most recently: ${refusedOutcomes.newest} Then retry the builds that failed as outcome_refused.`,
          },
        ]),
    ...(notifications.failing === 0
      ? []
      : [
          {
            kind: 'notifications_failing' as const,
            count: notifications.failing,
            message: `${counted(notifications.failing, 'notification')} could not be delivered so far, for example because ${notifications.problem}. They are tried again until their attempts run out: fix the cause.`,
          },
        ]),
    ...(count === 0
      ? []
      : [
          {
            kind: 'dead_letters' as const,
            count,
            message: `${counted(count, 'dead letter')}${newest === null ? '' : `, most recently: ${newest}`}: list with deadLetters, fix the cause, then redrive.`,
          },
        ]),
  ];
}

function unavailable({ reason, probes, openForMs, nextProbeInMs }: OpenCircuitBreaker): HealthFinding {
  const cause =
    reason === 'credentials_refused'
      ? 'WRK is rejecting our credentials: configure valid ones'
      : 'Calls to WRK are failing: find out from WRK why';
  return {
    kind: 'wrk_unavailable',
    circuitBreaker: { reason, probes, openForMs, nextProbeInMs },
    message: `${cause}. Builds have been waiting for ${seconds(openForMs)}. They resume automatically once a probe succeeds; the next one is in ${seconds(nextProbeInMs)}.`,
  };
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

const seconds = (ms: number) => `${Math.ceil(ms / 1_000)} s`;
