import { expect, it } from 'vitest';
import { healthAnswer } from '../../../src/adapters/http/routes/health-answer.js';
import { health, stats } from '../../../src/adapters/http/schemas/health-answers.js';
import { composeHealth } from '../../../src/core/views/health.js';
import { OTHER_TENANT, TENANT } from '../../../src/testing/builders.js';
import { describeInEachFamily } from '../../operations/support/in-each-family.js';
import { httpCaller } from './support/http-caller.js';

const SECRET = 'secret of another tenant';

describeInEachFamily('D5: the installation over HTTP', (open) => {
  it('is ok while nothing is wrong', async () => {
    const { send } = httpCaller(open(), TENANT);
    const { status, body } = await send('GET', '/v1/admin/health');
    expect([status, body]).toEqual([200, { status: 'ok', findings: [] }]);
    const figures = { waiting: 0, oldest_due_ms: null, in_flight: 0, dead: 0, failing: 0 };
    expect((await send('GET', '/v1/admin/stats')).body).toEqual({
      build_requests: figures,
      notifications: figures,
      builds_in_flight: 0,
      outcomes_refused: 0,
      wrk_unavailable: null,
      wrk_refuses_tenants: 0,
    });
  });

  it('counts what is wrong for all tenants, and names nothing of any', async () => {
    const app = open();
    await app.giveUpMessage(OTHER_TENANT, SECRET);
    await app.openCircuitBreaker(null);
    await app.openCircuitBreaker(OTHER_TENANT);
    const { send } = httpCaller(app, TENANT);
    const seen = await send('GET', '/v1/admin/health');
    expect([seen.status, seen.body.status]).toEqual([200, 'wrk_unavailable']);
    expect(seen.body.findings).toMatchObject([
      { kind: 'wrk_unavailable', circuit_breaker: { reason: 'credentials_refused', probes: 0 } },
      { kind: 'wrk_refuses_tenants', tenants: 1 },
      { kind: 'dead_letters', count: 1 },
    ]);
    expect(health.parse(seen.body)).toEqual(seen.body);
    const figures = await send('GET', '/v1/admin/stats');
    expect(figures.body).toMatchObject({
      notifications: { dead: 1 },
      wrk_unavailable: { reason: 'credentials_refused' },
      wrk_refuses_tenants: 1,
    });
    expect(stats.parse(figures.body)).toEqual(figures.body);
    expect(JSON.stringify([seen.body, figures.body])).not.toMatch(
      new RegExp(`${SECRET}|${OTHER_TENANT}|WRK answered 401`),
    );
  });

  it('is 200 with the status of a database that does not answer', async () => {
    const { builds } = open();
    const unreachable = async () => composeHealth(null, 1);
    const { send } = httpCaller({ builds: { ...builds, health: unreachable } }, TENANT);
    const { status, body } = await send('GET', '/v1/admin/health');
    expect([status, body.status]).toEqual([200, 'database_unreachable']);
  });
});

const QUEUE = { oldestDueMs: 400, dead: 1, failing: 2, problem: SECRET, deadReason: SECRET };

it('D5: every finding is answered as the document says, without the words of others', () => {
  const facts = {
    refusedOutcomes: { count: 3, newest: SECRET },
    buildRequests: QUEUE,
    notifications: QUEUE,
    openCircuitBreakers: [
      {
        tenantId: OTHER_TENANT,
        reason: 'tenant_refused' as const,
        probes: 1,
        openForMs: 2,
        nextProbeInMs: 3,
      },
    ],
  };
  const answered = healthAnswer(composeHealth(facts, 300));
  expect(health.parse(answered)).toEqual(answered);
  expect(answered.findings.map(({ message: _message, ...finding }) => finding)).toEqual([
    { kind: 'wrk_refuses_tenants', tenants: 1 },
    { kind: 'builds_overdue', oldest_due_ms: 400 },
    { kind: 'notifications_overdue', oldest_due_ms: 400 },
    { kind: 'outcomes_refused', count: 3 },
    { kind: 'notifications_failing', count: 2 },
    { kind: 'dead_letters', count: 2 },
  ]);
  expect(JSON.stringify(answered)).not.toMatch(new RegExp(`${SECRET}|${OTHER_TENANT}`));
});
