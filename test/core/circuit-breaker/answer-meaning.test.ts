import { describe, expect, it } from 'vitest';
import type { CircuitBreakerFacts } from '../../../src/core/build/circuit-breaker-facts.js';
import {
  answerMeaning,
  isWorthReporting,
  reportInAscii,
  reportOfCall,
} from '../../../src/core/circuit-breaker/answer-meaning.js';
import { blockingCircuitBreaker } from '../../../src/core/circuit-breaker/circuit-breaker.js';
import type { WrkAnswer } from '../../../src/core/orchestration/wrk-answer.js';
import { everyonesBreaker, OPEN, tenantsBreaker, WRK_ANSWERS } from '../support/circuit-breakers.js';
import { claimedBuild } from '../support/claimed-build.js';

const LINES: readonly (readonly [keyof typeof WRK_ANSWERS, string, string])[] = [
  ['created', 'works', 'works'],
  ['already_exists', 'works', 'works'],
  ['rejected', 'works', 'works'],
  ['credentials_refused', 'fails at once: credentials_refused', 'fails never: credentials_refused'],
  ['tenant_refused', 'says nothing', 'fails at once: tenant_refused'],
  ['not_now', 'says nothing', 'says nothing'],
  [
    'api_error',
    'fails after several tenants: consecutive_failures',
    'fails after several: consecutive_failures',
  ],
  ['not_sent', 'fails after several: consecutive_failures', 'fails never: consecutive_failures'],
  [
    'network_failure',
    'fails after several tenants: consecutive_failures',
    'fails after several: consecutive_failures',
  ],
  [
    'unusable',
    'fails after several tenants: consecutive_failures',
    'fails after several: consecutive_failures',
  ],
  ['not_begun', 'was not asked', 'was not asked'],
  ['aborted', 'was not asked', 'was not asked'],
];

const told = (answer: WrkAnswer | null, of: 'everyone' | 'tenant') => {
  const meaning = answerMeaning(answer, of);
  switch (meaning.kind) {
    case 'works':
      return 'works';
    case 'says_nothing':
      return meaning.asked ? 'says nothing' : 'was not asked';
    case 'fails':
      return `fails ${meaning.opens.replaceAll('_', ' ')}: ${meaning.reason}`;
  }
};

describe('what an answer says', () => {
  it.each(LINES)('%s: to everyone “%s”, to its tenant “%s”', (name, everyone, tenant) => {
    expect([told(WRK_ANSWERS[name], 'everyone'), told(WRK_ANSWERS[name], 'tenant')]).toEqual([
      everyone,
      tenant,
    ]);
  });

  it('is here of every answer that there is', () => {
    expect(LINES.map(([name]) => name).toSorted()).toEqual(Object.keys(WRK_ANSWERS).toSorted());
  });

  it('is nothing where WRK was not asked', () => {
    expect([told(null, 'everyone'), told(null, 'tenant')]).toEqual(['was not asked', 'was not asked']);
  });
});

describe('a report', () => {
  const isWorth = (
    answer: WrkAnswer | null,
    circuitBreakers: readonly CircuitBreakerFacts[] = [],
    isKnown = false,
  ) => isWorthReporting({ build: claimedBuild({ circuitBreakers }), answer }, isKnown);

  it('of a success is not worth a statement while nothing is known to be wrong', () => {
    expect(isWorth(WRK_ANSWERS.created)).toBe(false);
    expect(isWorth(WRK_ANSWERS.created, [], true)).toBe(true);
    expect(isWorth(WRK_ANSWERS.created, [everyonesBreaker({ failures: 1 })])).toBe(true);
  });

  it('of a failure always is', () => {
    for (const name of ['credentials_refused', 'tenant_refused', 'api_error'] as const)
      expect(isWorth(WRK_ANSWERS[name]), name).toBe(true);
  });

  it('of neither is worth it for a probe alone', () => {
    for (const answer of [WRK_ANSWERS.not_now, WRK_ANSWERS.aborted, null]) {
      expect(isWorth(answer, [everyonesBreaker({ failures: 1 })], true)).toBe(false);
      expect(isWorth(answer, [everyonesBreaker({ open: OPEN })])).toBe(true);
    }
  });
});

describe('the circuit breaker in the way of a build', () => {
  it('is everyone’s before its tenant’s, and none that is closed', () => {
    const everyone = everyonesBreaker({ open: OPEN });
    const tenant = tenantsBreaker({ open: OPEN });
    expect(blockingCircuitBreaker([tenant, everyone])).toEqual(everyone);
    expect(blockingCircuitBreaker([everyonesBreaker({ failures: 4 }), tenant])).toEqual(tenant);
    expect(blockingCircuitBreaker([everyonesBreaker({ failures: 4 })])).toBeNull();
    expect(blockingCircuitBreaker([])).toBeNull();
  });
});

it('a call that we hung up on says nothing of WRK, whatever came of it', () => {
  const build = claimedBuild();
  const answer = WRK_ANSWERS.network_failure;
  expect(reportOfCall(build, answer, false)).toEqual({ build, answer });
  expect(reportOfCall(build, answer, true)).toEqual({ build, answer: null });
});

describe('a report for a database that refuses a character', () => {
  const build = claimedBuild();
  it.each<[string, WrkAnswer | null, object | null]>([
    ['has what WRK wrote in ASCII', { ...WRK_ANSWERS.api_error, detail: 'é → b' }, { detail: '? ? b' }],
    ['is the same where WRK wrote nothing', WRK_ANSWERS.created, WRK_ANSWERS.created],
    ['is the same where WRK was not asked', null, null],
  ])('%s', (_, answer, expected) => {
    const report = reportInAscii({ build, answer });
    expect(report.build).toBe(build);
    if (expected === null) expect(report.answer).toBeNull();
    else expect(report.answer).toMatchObject(expected);
  });
});
