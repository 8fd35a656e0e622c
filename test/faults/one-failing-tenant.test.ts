import { describe, expect, it } from 'vitest';
import { type SimulatedTenant, simulateCircuitBreakers } from '../core/support/simulated-circuit-breakers.js';

/** A tenant whose builds WRK answers with 500 each time. */
const hostile = (tenantId = 'hostile'): SimulatedTenant => ({
  tenantId,
  intervalMs: 100,
  answer: () => 'api_error',
});

const healthy = (tenantId: string): SimulatedTenant => ({
  tenantId,
  intervalMs: 2_000,
  answer: () => 'created',
});

const opened = ({ transitions }: ReturnType<typeof simulateCircuitBreakers>, scope: string | null) =>
  transitions.filter(({ kind, tenantId }) => kind === 'opened' && tenantId === scope).length;

describe('B7 the circuit breaker as a weapon', () => {
  it('row 56: B7 one tenant whose builds all fail for 150 s holds nobody else back, and opens its own breaker', () => {
    const run = simulateCircuitBreakers([healthy('neighbour'), hostile()], 150_000);
    expect(opened(run, null)).toBe(0);
    expect(run.calls.get('neighbour')).toBe(75);
    expect(opened(run, 'hostile')).toBe(1);
    expect(run.calls.get('hostile'), 'five calls, and its probes').toBeLessThan(20);
    expect(run.mails.map(({ template, tenantId }) => [template, tenantId])).toEqual([
      ['wrk_unavailable', 'hostile'],
    ]);
  });

  it('row 56: B7 two of them do not either', () => {
    const run = simulateCircuitBreakers([hostile('a'), hostile('b')], 60_000);
    expect([opened(run, null), opened(run, 'a'), opened(run, 'b')]).toEqual([0, 1, 1]);
  });

  it('row 56: B7 a WRK that fails for three tenants opens everyone’s, and theirs stay closed', () => {
    const tenants = ['a', 'b', 'c'].map(hostile);
    const run = simulateCircuitBreakers(tenants, 60_000);
    expect([null, 'a', 'b', 'c'].map((scope) => opened(run, scope))).toEqual([1, 0, 0, 0]);
    expect(run.mails).toHaveLength(1);
  });

  it('row 56: B7 a WRK that nobody can reach opens everyone’s, however few tenants there are', () => {
    const run = simulateCircuitBreakers([{ ...hostile(), answer: () => 'not_sent' }], 60_000);
    expect([opened(run, null), opened(run, 'hostile')]).toEqual([1, 0]);
  });

  it('row 56: B7 a breaker that flaps tells the ops team once in ten minutes', () => {
    // Five failures in every six calls: it opens, and its first probe closes it.
    let calls = 0;
    const flaps: SimulatedTenant = {
      ...hostile(),
      answer: () => (++calls % 6 === 0 ? 'created' : 'api_error'),
    };
    const run = simulateCircuitBreakers([flaps], 1_500_000, 1_000);
    expect(opened(run, 'hostile')).toBeGreaterThan(200);
    const told = run.mails.filter(({ template }) => template === 'wrk_unavailable');
    expect(told).toHaveLength(3);
    expect(run.mails.length - told.length, 'and each of these ends once').toBe(3);
    for (const [n, { atMs }] of told.entries()) expect(atMs).toBeGreaterThanOrEqual(n * 600_000);
  });

  it('row 56: B7 an episode that was not told of for that reason is told of if it lasts', () => {
    let calls = 0;
    const answer = () => (++calls === 6 ? ('created' as const) : ('api_error' as const));
    const run = simulateCircuitBreakers([{ ...hostile(), answer }], 1_200_000, 1_000);
    expect(opened(run, 'hostile')).toBe(2);
    expect(run.mails.map(({ template }) => template)).toEqual([
      'wrk_unavailable',
      'wrk_available',
      'wrk_unavailable',
    ]);
    expect(run.mails[2]?.atMs).toBeLessThan(600_000 + 61_000 + 2_000);
  });
});
