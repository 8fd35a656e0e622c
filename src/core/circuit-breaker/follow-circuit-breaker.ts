import { type GateMeaning, type GateReport, gateMeaning } from './answer-meaning.js';
import { type GateFacts, type GatePolicy, type GateReason, probeDelayMs } from './circuit-breaker.js';

/** A gate as it is written. A duration only: the database makes the timestamps. */
export interface GateState {
  readonly failures: number;
  readonly closed: {
    readonly reason: GateReason;
    /** One line for ops, without a body, a header or a secret; `null`: what is stored stays. */
    readonly detail: string | null;
    /** Builds that were let through to try, and failed. */
    readonly probes: number;
    readonly nextProbeInMs: number;
  } | null;
}

/** As good as no gate; the one and only such state. */
export const NOTHING_WRONG: GateState = { failures: 0, closed: null };

/** How one gate fares through a set of reports. It is unchanged if and only if `after` is `before`. */
export interface GateCourse {
  /** `null`: everyone's. */
  readonly tenantId: string | null;
  /** `null`: there was none. */
  readonly gate: GateFacts | null;
  readonly before: GateState;
  readonly after: GateState;
  /** The report that closed it, opened it or tried it last; `null`: none did. */
  readonly turnedBy: GateReport | null;
}

/** Takes one gate through reports, in their order. Those of other tenants say nothing of a tenant's. */
export function followGate(
  gate: GateFacts | null,
  tenantId: string | null,
  reports: readonly GateReport[],
  policy: GatePolicy,
): GateCourse {
  const before = gate ? stateOf(gate) : NOTHING_WRONG;
  let after = before;
  let turnedBy: GateReport | null = null;
  for (const report of reports) {
    if (tenantId !== null && report.build.tenantId !== tenantId) continue;
    const meaning = gateMeaning(report.answer, tenantId === null ? 'everyone' : 'tenant');
    const next = afterReport(after, meaning, isProbeOf(gate, report), policy);
    if (next.closed !== after.closed) turnedBy = report;
    after = next;
  }
  return { tenantId, gate, before, after, turnedBy };
}

function stateOf({ failures, closed }: GateFacts): GateState {
  if (!closed) return { failures, closed };
  const { reason, probes, nextProbeInMs } = closed;
  return { failures, closed: { reason, detail: null, probes, nextProbeInMs } };
}

/** A build that was claimed while the gate was closed, and as it is still: with another version it was tried since. */
function isProbeOf(gate: GateFacts | null, { build }: GateReport): boolean {
  return build.gates.some(
    (seen) => seen.closed && seen.tenantId === gate?.tenantId && seen.version === gate.version,
  );
}

/** What was called before the gate closed, and fails afterwards, says nothing new: only its probe keeps it closed. */
function afterReport(
  state: GateState,
  meaning: GateMeaning,
  isProbe: boolean,
  policy: GatePolicy,
): GateState {
  const { failures, closed } = state;
  switch (meaning.kind) {
    case 'works':
      return NOTHING_WRONG;
    case 'says_nothing': {
      if (!closed || !isProbe) return state;
      // What was not asked has not tried it: the next may go at once.
      const nextProbeInMs = meaning.asked ? probeDelayMs(policy, closed.probes) : 0;
      return { failures, closed: { ...closed, nextProbeInMs } };
    }
    case 'fails': {
      const { reason, detail, closes } = meaning;
      if (closed) {
        if (!isProbe) return state;
        const probes = closed.probes + 1;
        return { failures, closed: { reason, detail, probes, nextProbeInMs: probeDelayMs(policy, probes) } };
      }
      if (closes === 'never') return state;
      const inARow = failures + 1;
      if (closes === 'after_several' && inARow < policy.failuresInARow)
        return { failures: inARow, closed: null };
      return {
        failures: inARow,
        closed: { reason, detail, probes: 0, nextProbeInMs: probeDelayMs(policy, 0) },
      };
    }
  }
}
