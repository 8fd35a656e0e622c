import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNotification } from '../../../src/core/build/messages.js';
import { type GateReport, gateMeaning } from '../../../src/core/circuit-breaker/answer-meaning.js';
import type { GateFacts, GatePolicy } from '../../../src/core/circuit-breaker/circuit-breaker.js';
import { decideGates, type GateDecision } from '../../../src/core/circuit-breaker/decide-circuit-breakers.js';
import { claimedBuild } from '../support/claimed-build.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { wrkAnswer } from './arbitraries.js';

const TENANTS = ['tenant-1', 'tenant-2'] as const;

const gateOf = (tenantId: string | null): fc.Arbitrary<GateFacts> =>
  fc.record({
    tenantId: fc.constant(tenantId),
    version: fc.constantFrom('version-1', 'version-2'),
    failures: fc.integer({ min: 1, max: 9 }),
    closed: fc.option(
      fc.record({
        reason: fc.constantFrom('credentials_refused', 'tenant_refused', 'failures_in_a_row'),
        probes: fc.integer({ min: 0, max: 80 }),
        closedForMs: fc.integer({ min: 0, max: 1e9 }),
        nextProbeInMs: fc.integer({ min: 0, max: 60_000 }),
      }),
    ),
  });

const gates = fc
  .tuple(...[null, ...TENANTS].map((tenantId) => fc.option(gateOf(tenantId))))
  .map((some) => some.filter((gate) => gate !== null));

const reportWith = (seen: fc.Arbitrary<readonly GateFacts[]>): fc.Arbitrary<GateReport> =>
  fc
    .tuple(fc.constantFrom(...TENANTS), seen, fc.option(wrkAnswer, { freq: 6 }), fc.nat(1_000))
    .map(([tenantId, all, answer, n]) => {
      const own = all.filter((gate) => gate.tenantId === null || gate.tenantId === tenantId);
      const { binding } = claimedBuild();
      return {
        build: claimedBuild({ tenantId, gates: own, binding: { ...binding, id: `binding ${n}` } }),
        answer,
      };
    });

const anyReport = reportWith(gates);
const straggler = reportWith(fc.constant([]));

const policy: fc.Arbitrary<GatePolicy> = fc.record({
  failuresInARow: fc.integer({ min: 1, max: 6 }),
  firstProbeMs: fc.integer({ min: 1, max: 1_000 }),
  longestProbeMs: fc.integer({ min: 1_000, max: 60_000 }),
});

const CONTEXT = { channels: { slack: true }, version: 'version of the decision' };

/** The gates as they are once the decision is written. */
function written(before: readonly GateFacts[], { changes }: GateDecision): readonly GateFacts[] {
  const kept = before.filter((gate) => !changes.some(({ tenantId }) => tenantId === gate.tenantId));
  const changed = changes.flatMap(({ tenantId, next }): GateFacts[] => {
    if (!next) return [];
    const { version, failures, closed } = next;
    return [{ tenantId, version, failures, closed: closed && { ...closed, closedForMs: 0 } }];
  });
  return [...kept, ...changed];
}

/** What tells two states of the gates apart, whatever wrote them. */
const state = (all: readonly GateFacts[]) =>
  Object.fromEntries(
    all.map(({ tenantId, failures, closed }) => [
      tenantId ?? 'everyone',
      [failures, closed && [closed.reason, closed.probes, closed.nextProbeInMs]],
    ]),
  );

describe('gates', () => {
  it('get the same decision on the same facts: plain data, whose messages can be read', () => {
    let told = 0;
    fc.assert(
      fc.property(gates, fc.array(anyReport, { maxLength: 8 }), policy, (found, reports, options) => {
        const decision = decideGates(deepFreeze(found), deepFreeze(reports), options, CONTEXT);
        const [again, asked] = structuredClone([found, reports] as const);
        expect(decideGates(again, asked, options, CONTEXT)).toEqual(decision);
        expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
        for (const { body } of decision.messages)
          expect(readNotification(body)._unsafeUnwrap()).toEqual(body);
        told += decision.messages.length;
      }),
      { numRuns: 500 },
    );
    expect(told).toBeGreaterThan(0);
  });

  it('are gone after a success: everyone’s, and that of its tenant', () => {
    fc.assert(
      fc.property(
        gates,
        fc.array(anyReport, { maxLength: 8 }),
        anyReport,
        policy,
        (found, reports, last, options) => {
          fc.pre(gateMeaning(last.answer, 'tenant').kind === 'works');
          const left = written(found, decideGates(found, [...reports, last], options, CONTEXT));
          expect(
            left.filter(({ tenantId }) => tenantId === null || tenantId === last.build.tenantId),
          ).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('end alike whether reports of builds that try no gate are decided at once or one by one', () => {
    fc.assert(
      fc.property(gates, fc.array(straggler, { maxLength: 12 }), policy, (found, reports, options) => {
        const atOnce = written(found, decideGates(found, reports, options, CONTEXT));
        let oneByOne: readonly GateFacts[] = found;
        for (const report of reports)
          oneByOne = written(oneByOne, decideGates(oneByOne, [report], options, CONTEXT));
        expect(state(atOnce)).toEqual(state(oneByOne));
      }),
      { numRuns: 500 },
    );
  });

  it('are told of exactly where one closes or opens, and never change with nothing to say', () => {
    fc.assert(
      fc.property(gates, fc.array(anyReport, { maxLength: 8 }), policy, (found, drawn, options) => {
        // A claim reports once.
        const reports = drawn.map(({ build, ...report }, n) => ({
          ...report,
          build: { ...build, binding: { ...build.binding, id: `binding-${n}` } },
        }));
        const decision = decideGates(found, reports, options, CONTEXT);
        const after = written(found, decision);
        const isClosed = (all: readonly GateFacts[], of: string | null) =>
          all.some(({ tenantId, closed }) => tenantId === of && closed !== null);
        const moved = [null, ...TENANTS].filter((of) => isClosed(found, of) !== isClosed(after, of));
        const turned = decision.turns.filter(({ kind }) => kind !== 'probe_failed');
        expect(turned.map(({ tenantId }) => tenantId).toSorted()).toEqual(moved.toSorted());
        expect(decision.messages.length > 0).toBe(moved.length > 0);
        expect(new Set(decision.messages.map(({ key }) => key)).size).toBe(decision.messages.length);
        if (reports.every(({ answer }) => gateMeaning(answer, 'tenant').kind === 'says_nothing'))
          expect(decision.turns).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
