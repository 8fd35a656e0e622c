/** Why calls to WRK wait. The strings are stored, and notifications carry them: they never change. */
export type GateReason = 'credentials_refused' | 'tenant_refused' | 'failures_in_a_row';

/** A gate while it is closed. Durations in milliseconds, on the database's clock when it was read. */
export interface ClosedGate {
  /** What the last call that failed here says; it may change while the gate stays closed. */
  readonly reason: GateReason;
  /** Builds that were let through to try, and failed. */
  readonly probes: number;
  readonly closedForMs: number;
  /** 0: the next build that is due is let through. */
  readonly nextProbeInMs: number;
}

/**
 * The gate towards WRK of everyone, or of one tenant. There is one only while something is wrong: with failures in a row
 * it is still open, and counts them.
 */
export interface GateFacts {
  /** `null`: everyone's. */
  readonly tenantId: string | null;
  /** Another after every change, but for a probe that is let through: that leaves it. */
  readonly version: string;
  readonly failures: number;
  readonly closed: ClosedGate | null;
}

/** When the gate towards WRK closes, and how patiently it is tried. Durations in milliseconds. */
export interface GatePolicy {
  /** Failed calls in a row, of whatever builds, that close it for everyone. Default 5. */
  readonly failuresInARow: number;
  /** From the closing to the first probe. Default 1,000 ms. Each probe that fails doubles the wait. */
  readonly firstProbeMs: number;
  /** The longest wait between two probes. Default 60,000 ms. */
  readonly longestProbeMs: number;
}

export const DEFAULT_GATE_POLICY: GatePolicy = {
  failuresInARow: 5,
  firstProbeMs: 1_000,
  longestProbeMs: 60_000,
};

/** Milliseconds from a failed probe, or the closing with 0 of them, to the next probe. */
export function probeDelayMs({ firstProbeMs, longestProbeMs }: GatePolicy, probes: number): number {
  return Math.min(firstProbeMs * 2 ** probes, longestProbeMs);
}

/** A gate that is closed. */
export type GateInTheWay = GateFacts & { readonly closed: ClosedGate };

/** The closed gate that keeps a build from being called, everyone's before its tenant's; `null`: none does. */
export function gateInTheWay(gates: readonly GateFacts[]): GateInTheWay | null {
  const closed = gates.flatMap((gate) => (gate.closed ? [{ ...gate, closed: gate.closed }] : []));
  return closed.find(({ tenantId }) => tenantId === null) ?? closed[0] ?? null;
}
