import type { CircuitBreakerReason, CircuitBreakerRecord } from '../build/circuit-breaker-facts.js';
import type { OutgoingMessage } from '../build/messages.js';
import { notificationContext, notificationMessages } from '../notifications/notification-plan.js';
import type { CircuitBreakerReport } from './answer-meaning.js';
import { ALARM_INTERVAL_MS, type CircuitBreakerPolicy } from './circuit-breaker.js';
import {
  type CircuitBreakerCourse,
  type CircuitBreakerState,
  followCircuitBreaker,
  NOTHING_WRONG,
} from './follow-circuit-breaker.js';

/** One circuit breaker to be written, if it still has the version that it was read with. */
export interface CircuitBreakerChange {
  /** `null`: everyone's. */
  readonly tenantId: string | null;
  /** `null`: there was no such breaker. */
  readonly version: string | null;
  /** `null`: there is none any more. */
  readonly next:
    | (CircuitBreakerState & {
        readonly version: string;
        /** Why it is open, if the ops team is notified of that now; `null`: what is stored of the last time stays. */
        readonly tells: CircuitBreakerReason | null;
      })
    | null;
}

/** What happened to a breaker. `report` is the one that did it, `tenantId` whose breaker it is, `null` everyone's. */
export type CircuitBreakerTransition = {
  readonly tenantId: string | null;
  readonly report: CircuitBreakerReport;
} & (
  | { readonly kind: 'opened'; readonly reason: CircuitBreakerReason; readonly detail: string | null }
  | { readonly kind: 'closed'; readonly reason: CircuitBreakerReason; readonly openForMs: number }
  | {
      readonly kind: 'probe_failed';
      readonly reason: CircuitBreakerReason;
      readonly probes: number;
      readonly nextProbeInMs: number;
    }
);

/** What a batch of reports changes. It is written whole, or decided again. */
export interface CircuitBreakerDecision {
  /** Empty: nothing is to be written. */
  readonly changes: readonly CircuitBreakerChange[];
  readonly messages: readonly OutgoingMessage[];
  readonly transitions: readonly CircuitBreakerTransition[];
}

/**
 * Decides what the reports of one moment, in their order, do to the circuit breaker of everyone and to those of their tenants.
 *
 * Any success closes what is open. What opens and closes within one batch is no episode: nobody is told. `version` is
 * made by the caller, new for each decision.
 */
export function decideCircuitBreakers(
  circuitBreakers: readonly CircuitBreakerRecord[],
  reports: readonly CircuitBreakerReport[],
  policy: CircuitBreakerPolicy,
  { channels, version }: { readonly channels: { readonly slack: boolean }; readonly version: string },
): CircuitBreakerDecision {
  const follow = (tenantId: string | null, everyones: CircuitBreakerCourse | null) =>
    followCircuitBreaker(
      circuitBreakers.find((breaker) => breaker.tenantId === tenantId) ?? null,
      tenantId,
      reports,
      policy,
      everyones,
    );
  const everyones = follow(null, null);
  const tenantIds = new Set(reports.map(({ build }) => build.tenantId));
  const courses = [everyones, ...[...tenantIds].map((tenantId) => follow(tenantId, everyones))];
  return {
    changes: courses
      .filter(({ before, after }) => after !== before)
      .map((course) => changeOf(course, version)),
    messages: messagesOf(courses, channels),
    transitions: courses.flatMap(transitionOf),
  };
}

/** One that is closed is kept as long as the ops team is not to be notified again. */
function changeOf(course: CircuitBreakerCourse, version: string): CircuitBreakerChange {
  const { tenantId, breaker, after } = course;
  const isKept = after !== NOTHING_WRONG || (breaker?.told && breaker.told.msAgo < ALARM_INTERVAL_MS);
  return {
    tenantId,
    version: breaker?.version ?? null,
    next: isKept ? { ...after, version, tells: tellsOpen(course)?.reason ?? null } : null,
  };
}

function transitionOf({
  tenantId,
  breaker,
  after,
  transitionedBy: report,
}: CircuitBreakerCourse): readonly CircuitBreakerTransition[] {
  if (!report) return [];
  const was = breaker?.open ?? null;
  const { open } = after;
  if (was && !open) {
    const { reason, openForMs } = was;
    return [{ kind: 'closed', tenantId, report, reason, openForMs }];
  }
  if (!open) return [];
  const { reason, detail, probes, nextProbeInMs } = open;
  if (!was) return [{ kind: 'opened', tenantId, report, reason, detail }];
  return probes > was.probes
    ? [{ kind: 'probe_failed', tenantId, report, reason, probes, nextProbeInMs }]
    : [];
}

/** Whether the ops team knows of the episode that a circuit breaker is in. */
function isTold({ breaker }: CircuitBreakerCourse): boolean {
  return !!breaker?.open && !!breaker.told && breaker.told.msAgo <= breaker.open.openForMs;
}

/**
 * What the ops team is notified of when a circuit breaker opens, or when a probe shows that it stays open and they do not
 * know; `null`: nothing. One that flaps is told of once in {@link ALARM_INTERVAL_MS}, unless it opens for another reason.
 */
function tellsOpen(course: CircuitBreakerCourse): CircuitBreakerCourse['after']['open'] {
  const { breaker, after } = course;
  if (!after.open || transitionOf(course).length === 0 || isTold(course)) return null;
  const told = breaker?.told ?? null;
  const isNews = told === null || told.reason !== after.open.reason || told.msAgo >= ALARM_INTERVAL_MS;
  return isNews ? after.open : null;
}

/** The end of an episode, if the ops team was notified of its beginning. */
function tellsClosed(course: CircuitBreakerCourse) {
  const { tenantId, breaker, after } = course;
  return breaker?.open && !after.open && isTold(course) ? { ...breaker.open, tenantId } : null;
}

/**
 * Tells ops once of an episode: the key names the claim whose call opened it, and no claim opens anything twice. A
 * success that closes two circuit breakers is one message, which says both.
 */
function messagesOf(
  courses: readonly CircuitBreakerCourse[],
  channels: { readonly slack: boolean },
): readonly OutgoingMessage[] {
  const told = courses.flatMap((course) => {
    const { transitionedBy: report } = course;
    return report ? [{ report, opened: tellsOpen(course), closed: tellsClosed(course) }] : [];
  });
  return [...new Set(told.map(({ report }) => report))].flatMap((report) => {
    const own = told.filter((each) => each.report === report);
    const opened = own.flatMap((each) => each.opened ?? []);
    const closed = own.flatMap((each) => each.closed ?? []);
    const tell = (
      moment: 'circuit_breaker_opened' | 'circuit_breaker_closed',
      errorReason: string,
      errorDetails: string[],
    ) =>
      notificationMessages(
        moment,
        notificationContext(report.build, { errorReason, errorDetails }),
        channels,
      );
    return [
      ...(opened[0]
        ? tell(
            'circuit_breaker_opened',
            opened[0].reason,
            opened.map(({ detail }) => detail).filter((detail) => detail !== null),
          )
        : []),
      ...(closed[0] ? tell('circuit_breaker_closed', closed[0].reason, closed.map(howLong)) : []),
    ];
  });
}

function howLong({
  tenantId,
  openForMs,
}: {
  readonly tenantId: string | null;
  readonly openForMs: number;
}): string {
  const who = tenantId === null ? 'Builds of all tenants' : 'Builds of this tenant';
  return `${who} waited for ${Math.ceil(openForMs / 1_000)} s`;
}
