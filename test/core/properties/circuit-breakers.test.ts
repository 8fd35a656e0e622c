import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CircuitBreakerRecord } from '../../../src/core/build/circuit-breaker-facts.js';
import { readNotification } from '../../../src/core/build/messages.js';
import {
  answerMeaning,
  type CircuitBreakerReport,
} from '../../../src/core/circuit-breaker/answer-meaning.js';
import {
  ALARM_INTERVAL_MS,
  type CircuitBreakerPolicy,
} from '../../../src/core/circuit-breaker/circuit-breaker.js';
import {
  type CircuitBreakerDecision,
  decideCircuitBreakers,
} from '../../../src/core/circuit-breaker/decide-circuit-breakers.js';
import { sized } from '../../support/size.js';
import { claimedBuild } from '../support/claimed-build.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { wrkAnswer } from './arbitraries.js';

const TENANTS = ['tenant-1', 'tenant-2', 'tenant-3'] as const;

const reason = fc.constantFrom('credentials_refused', 'tenant_refused', 'consecutive_failures');

const breakerOf = (tenantId: string | null): fc.Arbitrary<CircuitBreakerRecord> =>
  fc.record({
    tenantId: fc.constant(tenantId),
    version: fc.constantFrom('version-1', 'version-2'),
    failures: fc.integer({ min: 1, max: 9 }),
    failuresOfAny: fc.integer({ min: 0, max: 9 }),
    failingTenantIds: fc.subarray([...TENANTS]),
    told: fc.option(fc.record({ reason, msAgo: fc.integer({ min: 0, max: 1e9 }) })),
    open: fc.option(
      fc.record({
        reason,
        probes: fc.integer({ min: 0, max: 80 }),
        openForMs: fc.integer({ min: 0, max: 1e9 }),
        nextProbeInMs: fc.integer({ min: 0, max: 60_000 }),
      }),
    ),
  });

const circuitBreakers = fc
  .tuple(...[null, ...TENANTS].map((tenantId) => fc.option(breakerOf(tenantId))))
  .map((some) => some.filter((breaker) => breaker !== null));

const reportWith = (
  seen: fc.Arbitrary<readonly CircuitBreakerRecord[]>,
): fc.Arbitrary<CircuitBreakerReport> =>
  fc
    .tuple(fc.constantFrom(...TENANTS), seen, fc.option(wrkAnswer, { freq: 6 }), fc.nat(1_000))
    .map(([tenantId, all, answer, n]) => {
      const own = all.filter((breaker) => breaker.tenantId === null || breaker.tenantId === tenantId);
      const { binding } = claimedBuild();
      return {
        build: claimedBuild({ tenantId, circuitBreakers: own, binding: { ...binding, id: `binding ${n}` } }),
        answer,
      };
    });

const anyReport = reportWith(circuitBreakers);
const straggler = reportWith(fc.constant([]));

const policy: fc.Arbitrary<CircuitBreakerPolicy> = fc.record({
  failureThreshold: fc.integer({ min: 1, max: 6 }),
  initialProbeDelayMs: fc.integer({ min: 1, max: 1_000 }),
  maxProbeDelayMs: fc.integer({ min: 1_000, max: 60_000 }),
});

const CONTEXT = { channels: { slack: true }, version: 'version of the decision' };

/** The circuit breakers as they are once the decision is written. */
function written(
  before: readonly CircuitBreakerRecord[],
  { changes }: CircuitBreakerDecision,
): readonly CircuitBreakerRecord[] {
  const kept = before.filter((breaker) => !changes.some(({ tenantId }) => tenantId === breaker.tenantId));
  const changed = changes.flatMap(({ tenantId, next }): CircuitBreakerRecord[] => {
    if (!next) return [];
    const { tells, ...state } = next;
    const told = tells
      ? { reason: tells, msAgo: 0 }
      : (before.find((breaker) => breaker.tenantId === tenantId)?.told ?? null);
    return [{ ...state, tenantId, told, open: state.open && { ...state.open, openForMs: 0 } }];
  });
  return [...kept, ...changed];
}

/** What tells two states of the circuit breakers apart, whatever wrote them. */
const state = (all: readonly CircuitBreakerRecord[]) =>
  Object.fromEntries(
    all
      .filter(({ failures }) => failures > 0)
      .map(({ tenantId, failures, failuresOfAny, failingTenantIds, open }) => [
        tenantId ?? 'everyone',
        [failures, failuresOfAny, failingTenantIds, open && [open.reason, open.probes, open.nextProbeInMs]],
      ]),
  );

describe('circuit breakers', () => {
  it('get the same decision on the same facts: plain data, whose messages can be read', () => {
    let told = 0;
    fc.assert(
      fc.property(
        circuitBreakers,
        fc.array(anyReport, { maxLength: 8 }),
        policy,
        (found, reports, options) => {
          const decision = decideCircuitBreakers(deepFreeze(found), deepFreeze(reports), options, CONTEXT);
          const [again, asked] = structuredClone([found, reports] as const);
          expect(decideCircuitBreakers(again, asked, options, CONTEXT)).toEqual(decision);
          expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
          for (const { body } of decision.messages)
            expect(readNotification(body)._unsafeUnwrap()).toEqual(body);
          told += decision.messages.length;
        },
      ),
      { numRuns: sized(100, 500) },
    );
    expect(told).toBeGreaterThan(0);
  });

  it('are gone after a success, or remember only when ops were told: everyone’s, and that of its tenant', () => {
    fc.assert(
      fc.property(
        circuitBreakers,
        fc.array(anyReport, { maxLength: 8 }),
        anyReport,
        policy,
        (found, reports, last, options) => {
          fc.pre(answerMeaning(last.answer, 'tenant').kind === 'works');
          const left = written(found, decideCircuitBreakers(found, [...reports, last], options, CONTEXT));
          const ofBoth = left.filter(({ tenantId }) => tenantId === null || tenantId === last.build.tenantId);
          for (const { failures, open, told } of ofBoth) {
            expect([failures, open]).toEqual([0, null]);
            expect(told?.msAgo).toBeLessThan(ALARM_INTERVAL_MS);
          }
        },
      ),
      { numRuns: sized(100, 500) },
    );
  });

  it('end alike whether reports of builds that try no circuit breaker are decided at once or one by one', () => {
    fc.assert(
      fc.property(
        circuitBreakers,
        fc.array(straggler, { maxLength: 12 }),
        policy,
        (found, reports, options) => {
          const atOnce = written(found, decideCircuitBreakers(found, reports, options, CONTEXT));
          let oneByOne: readonly CircuitBreakerRecord[] = found;
          for (const report of reports)
            oneByOne = written(oneByOne, decideCircuitBreakers(oneByOne, [report], options, CONTEXT));
          expect(state(atOnce)).toEqual(state(oneByOne));
        },
      ),
      { numRuns: sized(100, 500) },
    );
  });

  it('are told of exactly where one opens or closes, and never change with nothing to say', () => {
    fc.assert(
      fc.property(circuitBreakers, fc.array(anyReport, { maxLength: 8 }), policy, (found, drawn, options) => {
        // A claim reports once.
        const reports = drawn.map(({ build, ...report }, n) => ({
          ...report,
          build: { ...build, binding: { ...build.binding, id: `binding-${n}` } },
        }));
        const decision = decideCircuitBreakers(found, reports, options, CONTEXT);
        const after = written(found, decision);
        const isClosed = (all: readonly CircuitBreakerRecord[], of: string | null) =>
          all.some(({ tenantId, open }) => tenantId === of && open !== null);
        const moved = [null, ...TENANTS].filter((of) => isClosed(found, of) !== isClosed(after, of));
        const turned = decision.transitions.filter(({ kind }) => kind !== 'probe_failed');
        expect(turned.map(({ tenantId }) => tenantId).toSorted()).toEqual(moved.toSorted());
        const mayTell = [null, ...TENANTS].some((of) => {
          const told = found.find(({ tenantId }) => tenantId === of)?.told ?? null;
          return moved.includes(of) && (told === null || told.msAgo >= ALARM_INTERVAL_MS);
        });
        const opens = turned.some(({ kind }) => kind === 'opened');
        if (opens && mayTell && moved.length === 1) expect(decision.messages.length).toBeGreaterThan(0);
        if (decision.transitions.length === 0) expect(decision.messages).toEqual([]);
        expect(new Set(decision.messages.map(({ key }) => key)).size).toBe(decision.messages.length);
        if (reports.every(({ answer }) => answerMeaning(answer, 'tenant').kind === 'says_nothing'))
          expect(decision.transitions).toEqual([]);
      }),
      { numRuns: sized(100, 500) },
    );
  });
});
