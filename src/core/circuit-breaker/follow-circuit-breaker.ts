import type { CircuitBreakerReason, CircuitBreakerRecord } from '../build/circuit-breaker-facts.js';
import { type AnswerMeaning, answerMeaning, type CircuitBreakerReport } from './answer-meaning.js';
import { type CircuitBreakerPolicy, MIN_FAILING_TENANTS, probeDelayMs } from './circuit-breaker.js';

/** A circuit breaker as it is written. A duration only: the database makes the timestamps. */
export interface CircuitBreakerState
  extends Pick<CircuitBreakerRecord, 'failures' | 'failuresOfAny' | 'failingTenantIds'> {
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
export const NOTHING_WRONG: CircuitBreakerState = {
  failures: 0,
  failuresOfAny: 0,
  failingTenantIds: [],
  open: null,
};

/** How one circuit breaker fares through a batch of reports. It is unchanged if and only if `after` is `before`. */
export interface CircuitBreakerCourse {
  /** `null`: everyone's. */
  readonly tenantId: string | null;
  /** `null`: there was none. */
  readonly breaker: CircuitBreakerRecord | null;
  readonly before: CircuitBreakerState;
  readonly after: CircuitBreakerState;
  /** The report that opened it, closed it or tried it last; `null`: none did. */
  readonly transitionedBy: CircuitBreakerReport | null;
  /** The reports after which it was open. */
  readonly openAfter: ReadonlySet<CircuitBreakerReport>;
}

/**
 * Takes one circuit breaker through reports, in their order. Those of other tenants say nothing of a tenant's. What fails
 * while everyone's is open opens no tenant's: it is one outage, told once.
 */
export function followCircuitBreaker(
  breaker: CircuitBreakerRecord | null,
  tenantId: string | null,
  reports: readonly CircuitBreakerReport[],
  policy: CircuitBreakerPolicy,
  everyones: CircuitBreakerCourse | null,
): CircuitBreakerCourse {
  const before = breaker ? stateOf(breaker) : NOTHING_WRONG;
  const openAfter = new Set<CircuitBreakerReport>();
  let after = before;
  let transitionedBy: CircuitBreakerReport | null = null;
  for (const report of reports) {
    if (tenantId !== null && report.build.tenantId !== tenantId) continue;
    const meaning = answerMeaning(report.answer, tenantId === null ? 'everyone' : 'tenant');
    const isOneOutage =
      everyones?.openAfter.has(report) && meaning.kind === 'fails' && meaning.opens === 'after_several';
    const next = isOneOutage
      ? afterReport(after, { ...meaning, opens: 'never' }, report, breaker, policy)
      : afterReport(after, meaning, report, breaker, policy);
    if (next.open !== after.open) transitionedBy = report;
    if (next.open) openAfter.add(report);
    after = next;
  }
  return { tenantId, breaker, before, after, transitionedBy, openAfter };
}

function stateOf({
  failures,
  failuresOfAny,
  failingTenantIds,
  open,
}: CircuitBreakerRecord): CircuitBreakerState {
  if (!open) return failures === 0 ? NOTHING_WRONG : { failures, failuresOfAny, failingTenantIds, open };
  const { reason, probes, nextProbeInMs } = open;
  return {
    failures,
    failuresOfAny,
    failingTenantIds,
    open: { reason, detail: null, probes, nextProbeInMs },
  };
}

/** A build that was claimed while the circuit breaker was open, and as it is still: with another version it was tried since. */
function isProbeOf(breaker: CircuitBreakerRecord | null, { build }: CircuitBreakerReport): boolean {
  return build.circuitBreakers.some(
    (seen) => seen.open && seen.tenantId === breaker?.tenantId && seen.version === breaker.version,
  );
}

/** What was called before the circuit breaker opened, and fails afterwards, says nothing new: only its probe keeps it open. */
function afterReport(
  state: CircuitBreakerState,
  meaning: AnswerMeaning,
  report: CircuitBreakerReport,
  breaker: CircuitBreakerRecord | null,
  policy: CircuitBreakerPolicy,
): CircuitBreakerState {
  const { open } = state;
  switch (meaning.kind) {
    case 'works':
      return NOTHING_WRONG;
    case 'says_nothing': {
      if (!open || !isProbeOf(breaker, report)) return state;
      // What was not asked has not tried it: the next may go at once.
      const nextProbeInMs = meaning.asked ? probeDelayMs(policy, open.probes) : 0;
      return { ...state, open: { ...open, nextProbeInMs } };
    }
    case 'fails': {
      const { reason, detail, opens } = meaning;
      if (open) {
        if (!isProbeOf(breaker, report)) return state;
        const probes = open.probes + 1;
        return { ...state, open: { reason, detail, probes, nextProbeInMs: probeDelayMs(policy, probes) } };
      }
      if (opens === 'never') return state;
      const counted = count(state, opens, report.build.tenantId);
      if (opens !== 'at_once' && !isEnough(counted, policy)) return counted;
      return { ...counted, open: { reason, detail, probes: 0, nextProbeInMs: probeDelayMs(policy, 0) } };
    }
  }
}

function count(
  { failures, failuresOfAny, failingTenantIds }: CircuitBreakerState,
  opens: 'at_once' | 'after_several' | 'after_several_tenants',
  tenantId: string,
): CircuitBreakerState {
  if (opens !== 'after_several_tenants')
    return { failures: failures + 1, failuresOfAny: failuresOfAny + 1, failingTenantIds, open: null };
  const tenants = new Set([...failingTenantIds, tenantId]);
  return {
    failures: failures + 1,
    failuresOfAny,
    failingTenantIds: [...tenants].slice(0, MIN_FAILING_TENANTS),
    open: null,
  };
}

function isEnough(
  { failures, failuresOfAny, failingTenantIds }: CircuitBreakerState,
  { failureThreshold }: CircuitBreakerPolicy,
): boolean {
  return (
    failuresOfAny >= failureThreshold ||
    (failures >= failureThreshold && failingTenantIds.length >= MIN_FAILING_TENANTS)
  );
}
