import type { CircuitBreakerFacts, CircuitBreakerReason } from '../build/circuit-breaker-facts.js';
import type { OutgoingMessage } from '../build/messages.js';
import { notificationContext, notificationMessages } from '../notifications/notification-plan.js';
import type { CircuitBreakerReport } from './answer-meaning.js';
import type { CircuitBreakerPolicy } from './circuit-breaker.js';
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
  readonly next: (CircuitBreakerState & { readonly version: string }) | null;
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
  circuitBreakers: readonly CircuitBreakerFacts[],
  reports: readonly CircuitBreakerReport[],
  policy: CircuitBreakerPolicy,
  { channels, version }: { readonly channels: { readonly slack: boolean }; readonly version: string },
): CircuitBreakerDecision {
  const scopes = new Set([null, ...reports.map(({ build }) => build.tenantId)]);
  const courses = [...scopes].map((tenantId) =>
    followCircuitBreaker(
      circuitBreakers.find((breaker) => breaker.tenantId === tenantId) ?? null,
      tenantId,
      reports,
      policy,
    ),
  );
  const transitions = courses.flatMap(transitionOf);
  return {
    changes: courses
      .filter(({ before, after }) => after !== before)
      .map(({ tenantId, breaker, after }) => ({
        tenantId,
        version: breaker?.version ?? null,
        next: after === NOTHING_WRONG ? null : { ...after, version },
      })),
    messages: messagesOf(transitions, channels),
    transitions,
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

/**
 * Tells ops once of an episode: the key names the claim whose call opened it, and no claim opens anything twice. A
 * success that closes two circuit breakers is one message, which says both.
 */
function messagesOf(
  transitions: readonly CircuitBreakerTransition[],
  channels: { readonly slack: boolean },
): readonly OutgoingMessage[] {
  return [...new Set(transitions.map(({ report }) => report))].flatMap((report) => {
    const open = transitions.flatMap((transition) =>
      transition.report === report && transition.kind === 'opened' ? [transition] : [],
    );
    const closed = transitions.flatMap((transition) =>
      transition.report === report && transition.kind === 'closed' ? [transition] : [],
    );
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
      ...(open[0]
        ? tell(
            'circuit_breaker_opened',
            open[0].reason,
            open.map(({ detail }) => detail).filter((detail) => detail !== null),
          )
        : []),
      ...(closed[0] ? tell('circuit_breaker_closed', closed[0].reason, closed.map(howLong)) : []),
    ];
  });
}

function howLong({ tenantId, openForMs }: Extract<CircuitBreakerTransition, { kind: 'closed' }>): string {
  const who = tenantId === null ? 'Builds of all tenants' : 'Builds of this tenant';
  return `${who} waited for ${Math.ceil(openForMs / 1_000)} s`;
}
