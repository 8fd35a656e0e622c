import { notificationContext } from '../build/change-build.js';
import type { OutgoingMessage } from '../build/messages.js';
import { notificationMessages } from '../notifications/notification-plan.js';
import type { GateReport } from './answer-meaning.js';
import type { GateFacts, GatePolicy, GateReason } from './circuit-breaker.js';
import { followGate, type GateCourse, type GateState, NOTHING_WRONG } from './follow-circuit-breaker.js';

/** One gate to be written, if it still has the version that it was read with. */
export interface GateChange {
  /** `null`: everyone's. */
  readonly tenantId: string | null;
  /** `null`: there was no such gate. */
  readonly version: string | null;
  /** `null`: there is none any more. */
  readonly next: (GateState & { readonly version: string }) | null;
}

/** What happened to a gate. `report` is the one that did it, `tenantId` whose gate it is, `null` everyone's. */
export type GateTurn = { readonly tenantId: string | null; readonly report: GateReport } & (
  | { readonly kind: 'closed'; readonly reason: GateReason; readonly detail: string | null }
  | { readonly kind: 'opened'; readonly reason: GateReason; readonly closedForMs: number }
  | {
      readonly kind: 'probe_failed';
      readonly reason: GateReason;
      readonly probes: number;
      readonly nextProbeInMs: number;
    }
);

/** What a set of reports changes. It is written whole, or decided again. */
export interface GateDecision {
  /** Empty: nothing is to be written. */
  readonly changes: readonly GateChange[];
  readonly messages: readonly OutgoingMessage[];
  readonly turns: readonly GateTurn[];
}

/**
 * Decides what the reports of one moment, in their order, do to the gate of everyone and to those of their tenants.
 *
 * Any success opens what is closed. What closes and opens within one set is no episode: nobody is told. `version` is
 * made by the shell, new for each decision.
 */
export function decideGates(
  gates: readonly GateFacts[],
  reports: readonly GateReport[],
  policy: GatePolicy,
  { channels, version }: { readonly channels: { readonly slack: boolean }; readonly version: string },
): GateDecision {
  const scopes = new Set([null, ...reports.map(({ build }) => build.tenantId)]);
  const courses = [...scopes].map((tenantId) =>
    followGate(gates.find((gate) => gate.tenantId === tenantId) ?? null, tenantId, reports, policy),
  );
  const turns = courses.flatMap(turnOf);
  return {
    changes: courses
      .filter(({ before, after }) => after !== before)
      .map(({ tenantId, gate, after }) => ({
        tenantId,
        version: gate?.version ?? null,
        next: after === NOTHING_WRONG ? null : { ...after, version },
      })),
    messages: messagesOf(turns, channels),
    turns,
  };
}

function turnOf({ tenantId, gate, after, turnedBy: report }: GateCourse): readonly GateTurn[] {
  if (!report) return [];
  const was = gate?.closed ?? null;
  const { closed } = after;
  if (was && !closed) {
    const { reason, closedForMs } = was;
    return [{ kind: 'opened', tenantId, report, reason, closedForMs }];
  }
  if (!closed) return [];
  const { reason, detail, probes, nextProbeInMs } = closed;
  if (!was) return [{ kind: 'closed', tenantId, report, reason, detail }];
  return probes > was.probes
    ? [{ kind: 'probe_failed', tenantId, report, reason, probes, nextProbeInMs }]
    : [];
}

/**
 * Tells ops once of an episode: the key names the claim whose call closed it, and no claim closes anything twice. A
 * success that opens two gates is one message, which says both.
 */
function messagesOf(
  turns: readonly GateTurn[],
  channels: { readonly slack: boolean },
): readonly OutgoingMessage[] {
  return [...new Set(turns.map(({ report }) => report))].flatMap((report) => {
    const closed = turns.flatMap((turn) => (turn.report === report && turn.kind === 'closed' ? [turn] : []));
    const opened = turns.flatMap((turn) => (turn.report === report && turn.kind === 'opened' ? [turn] : []));
    const tell = (moment: 'gate_closed' | 'gate_opened', errorReason: string, errorDetails: string[]) =>
      notificationMessages(
        moment,
        notificationContext(report.build, { errorReason, errorDetails }),
        channels,
      );
    return [
      ...(closed[0]
        ? tell(
            'gate_closed',
            closed[0].reason,
            closed.map(({ detail }) => detail).filter((detail) => detail !== null),
          )
        : []),
      ...(opened[0] ? tell('gate_opened', opened[0].reason, opened.map(howLong)) : []),
    ];
  });
}

function howLong({ tenantId, closedForMs }: Extract<GateTurn, { kind: 'opened' }>): string {
  const who = tenantId === null ? 'builds of everyone' : 'builds of this tenant';
  return `${who} waited for ${Math.ceil(closedForMs / 1_000)} s`;
}
