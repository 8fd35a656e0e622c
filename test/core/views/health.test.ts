import { describe, expect, it } from 'vitest';
import { composeHealth, type HealthFacts } from '../../../src/core/views/health.js';
import { OPEN } from '../support/circuit-breakers.js';

const NONE = { failing: 0, problem: null, deadReason: null };
const WELL: HealthFacts = {
  buildRequests: { oldestDueMs: null, dead: 0, ...NONE },
  notifications: { oldestDueMs: 999, dead: 0, ...NONE },
  openCircuitBreakers: [],
  refusedOutcomes: null,
};

const health = (change: Partial<HealthFacts>) => composeHealth({ ...WELL, ...change }, 1_000);
const kinds = (change: Partial<HealthFacts>) => health(change).findings.map(({ kind }) => kind);

describe('health', () => {
  it('is ok while nothing is closed, overdue or dead', () => {
    expect(health({})).toEqual({ status: 'ok', findings: [] });
    expect(health({ buildRequests: { oldestDueMs: 1_000, dead: 0, ...NONE } }).status).toBe('ok');
  });

  it('says that the database does not answer', () => {
    expect(composeHealth(null, 1_000)).toMatchObject({
      status: 'database_unreachable',
      findings: [{ kind: 'database_unreachable' }],
    });
  });

  it('says why WRK is not called, for how long, and that it goes on by itself', () => {
    const down = health({ openCircuitBreakers: [{ ...OPEN, tenantId: null, nextProbeInMs: 1_500 }] });
    expect(down.status).toBe('wrk_unavailable');
    expect(down.findings).toEqual([
      {
        kind: 'wrk_unavailable',
        circuitBreaker: { ...OPEN, nextProbeInMs: 1_500 },
        message:
          'Calls to WRK are failing: find out from WRK why. Builds have been waiting for 60 s. They resume automatically once a probe succeeds; the next one is in 2 s.',
      },
    ]);
    const refused = health({
      openCircuitBreakers: [{ ...OPEN, tenantId: null, reason: 'credentials_refused' }],
    });
    expect(refused.findings[0]?.message).toContain('configure valid ones');
  });

  it('names the tenants that WRK turns away', () => {
    const refused = { ...OPEN, reason: 'tenant_refused' as const };
    expect(
      health({
        openCircuitBreakers: [
          { ...refused, tenantId: 'tenant-1' },
          { ...refused, tenantId: 'tenant-2' },
        ],
      }),
    ).toMatchObject({
      status: 'wrk_refuses_tenants',
      findings: [{ kind: 'wrk_refuses_tenants', tenantIds: ['tenant-1', 'tenant-2'] }],
    });
  });

  it('says what refuses the outcomes of builds, and what follows', () => {
    expect(health({ refusedOutcomes: { count: 0, newest: null } }).status).toBe('ok');
    const newest = 'A constraint refused a row (audit_logs_tenant): change the constraint.';
    expect(health({ refusedOutcomes: { count: 2, newest } }).findings).toEqual([
      {
        kind: 'outcomes_refused',
        count: 2,
        message: `The database refused the outcome of 2 builds, most recently: ${newest} Then retry the builds that failed as outcome_refused.`,
      },
    ]);
  });

  it('C10 says why notifications are tried again, and why the newest was given up', () => {
    const problem = 'the recipients could not be resolved: TypeError: no directory';
    expect(
      health({ notifications: { oldestDueMs: null, dead: 0, ...NONE, failing: 2, problem } }).findings,
    ).toEqual([
      {
        kind: 'notifications_failing',
        count: 2,
        message: `2 notifications could not be delivered so far, for example because ${problem}. They are tried again until their attempts run out: fix the cause.`,
      },
    ]);
    const dead = (deadReason: string) => ({ oldestDueMs: null, dead: 1, ...NONE, deadReason });
    expect(health({ notifications: dead('nobody'), buildRequests: dead('poison') }).findings).toMatchObject([
      { message: expect.stringContaining('2 dead letters, most recently: nobody: list') },
    ]);
    expect(health({ buildRequests: dead('poison') }).findings).toMatchObject([
      { message: expect.stringContaining('1 dead letter, most recently: poison: list') },
    ]);
  });

  it('lists everything that is wrong, the gravest first', () => {
    const late = { oldestDueMs: 1_001, dead: 2, ...NONE };
    const tenant = { ...OPEN, tenantId: 'tenant-1' };
    expect(kinds({ buildRequests: late, notifications: late, openCircuitBreakers: [tenant] })).toEqual([
      'wrk_refuses_tenants',
      'builds_overdue',
      'notifications_overdue',
      'dead_letters',
    ]);
    const everyone = { ...OPEN, tenantId: null };
    expect(
      kinds({ buildRequests: late, notifications: late, openCircuitBreakers: [everyone, tenant] }),
      'builds that wait at everyone’s breaker are not overdue besides',
    ).toEqual(['wrk_unavailable', 'wrk_refuses_tenants', 'notifications_overdue', 'dead_letters']);
    const [, , , letters] = health({
      buildRequests: late,
      notifications: late,
      openCircuitBreakers: [tenant],
    }).findings;
    expect(letters).toMatchObject({ count: 4 });
  });
});
