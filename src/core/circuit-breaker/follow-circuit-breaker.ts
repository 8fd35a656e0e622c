import type { CircuitBreakerFacts, CircuitBreakerReason } from '../build/circuit-breaker-facts.js';
import { type AnswerMeaning, answerMeaning, type CircuitBreakerReport } from './answer-meaning.js';
import { type CircuitBreakerPolicy, probeDelayMs } from './circuit-breaker.js';

/** A circuit breaker as it is written. A duration only: the database makes the timestamps. */
export interface CircuitBreakerState {
  readonly failures: number;
  readonly open: {
    readonly reason: CircuitBreakerReason;
    /** One line for ops, without a body, a header or a secret; `null`: what is stored stays. */
    readonly detail: string | null;
    /** Builds that were let through to try, and failed. */
    readonly probes: number;
    readonly nextProbeInMs: number;
  } | null;
}

/** As good as no circuit breaker; the one and only such state. */
export const NOTHING_WRONG: CircuitBreakerState = { failures: 0, open: null };

/** How one circuit breaker fares through a batch of reports. It is unchanged if and only if `after` is `before`. */
export interface CircuitBreakerCourse {
  /** `null`: everyone's. */
  readonly tenantId: string | null;
  /** `null`: there was none. */
  readonly breaker: CircuitBreakerFacts | null;
  readonly before: CircuitBreakerState;
  readonly after: CircuitBreakerState;
  /** The report that open it, closed it or tried it last; `null`: none did. */
  readonly transitionedBy: CircuitBreakerReport | null;
}

/** Takes one circuit breaker through reports, in their order. Those of other tenants say nothing of a tenant's. */
export function followCircuitBreaker(
  breaker: CircuitBreakerFacts | null,
  tenantId: string | null,
  reports: readonly CircuitBreakerReport[],
  policy: CircuitBreakerPolicy,
): CircuitBreakerCourse {
  const before = breaker ? stateOf(breaker) : NOTHING_WRONG;
  let after = before;
  let transitionedBy: CircuitBreakerReport | null = null;
  for (const report of reports) {
    if (tenantId !== null && report.build.tenantId !== tenantId) continue;
    const meaning = answerMeaning(report.answer, tenantId === null ? 'everyone' : 'tenant');
    const next = afterReport(after, meaning, isProbeOf(breaker, report), policy);
    if (next.open !== after.open) transitionedBy = report;
    after = next;
  }
  return { tenantId, breaker, before, after, transitionedBy };
}

function stateOf({ failures, open }: CircuitBreakerFacts): CircuitBreakerState {
  if (!open) return { failures, open };
  const { reason, probes, nextProbeInMs } = open;
  return { failures, open: { reason, detail: null, probes, nextProbeInMs } };
}

/** A build that was claimed while the circuit breaker was open, and as it is still: with another version it was tried since. */
function isProbeOf(breaker: CircuitBreakerFacts | null, { build }: CircuitBreakerReport): boolean {
  return build.circuitBreakers.some(
    (seen) => seen.open && seen.tenantId === breaker?.tenantId && seen.version === breaker.version,
  );
}

/** What was called before the circuit breaker opened, and fails afterwards, says nothing new: only its probe keeps it open. */
function afterReport(
  state: CircuitBreakerState,
  meaning: AnswerMeaning,
  isProbe: boolean,
  policy: CircuitBreakerPolicy,
): CircuitBreakerState {
  const { failures, open } = state;
  switch (meaning.kind) {
    case 'works':
      return NOTHING_WRONG;
    case 'says_nothing': {
      if (!open || !isProbe) return state;
      // What was not asked has not tried it: the next may go at once.
      const nextProbeInMs = meaning.asked ? probeDelayMs(policy, open.probes) : 0;
      return { failures, open: { ...open, nextProbeInMs } };
    }
    case 'fails': {
      const { reason, detail, opens } = meaning;
      if (open) {
        if (!isProbe) return state;
        const probes = open.probes + 1;
        return { failures, open: { reason, detail, probes, nextProbeInMs: probeDelayMs(policy, probes) } };
      }
      if (opens === 'never') return state;
      const inARow = failures + 1;
      if (opens === 'after_several' && inARow < policy.failureThreshold)
        return { failures: inARow, open: null };
      return {
        failures: inARow,
        open: { reason, detail, probes: 0, nextProbeInMs: probeDelayMs(policy, 0) },
      };
    }
  }
}
