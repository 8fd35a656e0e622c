import { describe, expect, it } from 'vitest';
import type { CircuitBreakerRecord } from '../../../src/core/build/circuit-breaker-facts.js';
import type { ClaimedBuild } from '../../../src/core/build/facts.js';
import type { CircuitBreakerReport } from '../../../src/core/circuit-breaker/answer-meaning.js';
import {
  DEFAULT_CIRCUIT_BREAKER_POLICY,
  probeDelayMs,
} from '../../../src/core/circuit-breaker/circuit-breaker.js';
import { decideCircuitBreakers } from '../../../src/core/circuit-breaker/decide-circuit-breakers.js';
import { everyonesBreaker, OPEN, tenantsBreaker, WRK_ANSWERS } from '../support/circuit-breakers.js';
import { claimedBuild } from '../support/claimed-build.js';
import { deepFreeze } from '../support/deep-freeze.js';

const report = (name: keyof typeof WRK_ANSWERS | 'not asked', build: Partial<ClaimedBuild> = {}) =>
  deepFreeze<CircuitBreakerReport>({
    build: claimedBuild(build),
    answer: name === 'not asked' ? null : WRK_ANSWERS[name],
  });

const decide = (
  circuitBreakers: readonly CircuitBreakerRecord[],
  reports: readonly CircuitBreakerReport[],
  slack = false,
) =>
  decideCircuitBreakers(circuitBreakers, reports, DEFAULT_CIRCUIT_BREAKER_POLICY, {
    channels: { slack },
    version: 'version-2',
  });

const NOTHING = { changes: [], messages: [], transitions: [] };

/** What is told, and where: the template once for each channel. */
const templates = ({ messages }: ReturnType<typeof decide>) =>
  messages.map(({ body }) =>
    body.kind === 'notification' ? `${body.channel}: ${body.template}` : body.kind,
  );

describe('a circuit breaker that is closed', () => {
  it('stays as it is while WRK works, and nothing is written', () => {
    expect(decide([], [report('created'), report('rejected'), report('already_exists')])).toEqual(NOTHING);
  });

  it('counts failures in a row, and tells nobody', () => {
    const next = { open: null, tells: null, version: 'version-2' };
    expect(decide([], [report('api_error'), report('not_sent')])).toEqual({
      ...NOTHING,
      changes: [
        {
          tenantId: null,
          version: null,
          next: { ...next, failures: 2, failuresOfAny: 1, failingTenantIds: ['tenant-1'] },
        },
        {
          tenantId: 'tenant-1',
          version: null,
          next: { ...next, failures: 1, failuresOfAny: 1, failingTenantIds: [] },
        },
      ],
    });
    const counted = decide([everyonesBreaker({ failures: 2 })], [report('network_failure')]);
    expect(counted.changes[0]).toMatchObject({ version: 'version-1', next: { failures: 3, open: null } });
  });

  it('goes back to nothing with one success', () => {
    expect(decide([everyonesBreaker({ failures: 4 })], [report('rejected'), report('created')])).toEqual({
      ...NOTHING,
      changes: [{ tenantId: null, version: 'version-1', next: null }],
    });
    expect(decide([], [report('api_error'), report('created')])).toEqual(NOTHING);
  });

  it('is not counted on by what says nothing', () => {
    const says = [report('not_now'), report('aborted'), report('not asked')];
    expect(decide([everyonesBreaker({ failures: 4 })], says)).toEqual(NOTHING);
  });

  it('opens at the fifth failure of three tenants, and ops are told once', () => {
    const last = report('unusable', { tenantId: 'tenant-2' });
    const opening = decide(
      [everyonesBreaker({ failures: 3, failuresOfAny: 0, failingTenantIds: ['tenant-3'] })],
      [report('api_error'), last, report('network_failure')],
      true,
    );
    expect(opening.changes[0]).toEqual({
      tenantId: null,
      version: 'version-1',
      next: {
        version: 'version-2',
        failures: 5,
        failuresOfAny: 0,
        failingTenantIds: ['tenant-3', 'tenant-1', 'tenant-2'],
        tells: 'consecutive_failures',
        open: {
          reason: 'consecutive_failures',
          detail: WRK_ANSWERS.unusable.detail,
          probes: 0,
          nextProbeInMs: 1_000,
        },
      },
    });
    expect(
      opening.changes.slice(1).map(({ next }) => next?.failures),
      'what fails once it is open counts against no tenant',
    ).toEqual([1]);
    expect(templates(opening)).toEqual([
      'email: wrk_unavailable',
      'in_app: wrk_unavailable',
      'slack: wrk_unavailable',
    ]);
    expect(opening.messages[0]).toMatchObject({
      tenantId: 'tenant-2',
      key: `${last.build.binding.id}:2:wrk_unavailable:email:ops_team`,
      body: { errorReason: 'consecutive_failures', errorDetails: [WRK_ANSWERS.unusable.detail] },
    });
    expect(opening.transitions).toEqual([
      {
        kind: 'opened',
        tenantId: null,
        report: last,
        reason: 'consecutive_failures',
        detail: WRK_ANSWERS.unusable.detail,
      },
    ]);
  });

  it('opens for everyone at once where WRK refuses our credentials', () => {
    const { changes } = decide([], [report('credentials_refused')]);
    expect(changes).toMatchObject([
      { tenantId: null, version: null, next: { open: { reason: 'credentials_refused', probes: 0 } } },
    ]);
  });

  it('opens for one tenant at once where WRK transitions that tenant away', () => {
    const { changes, messages } = decide(
      [],
      [report('tenant_refused'), report('created', { tenantId: 'b' })],
    );
    expect(changes).toMatchObject([
      { tenantId: 'tenant-1', version: null, next: { open: { reason: 'tenant_refused', probes: 0 } } },
    ]);
    expect(messages[0]?.body).toMatchObject({ tenantId: 'tenant-1', errorReason: 'tenant_refused' });
  });

  it('that opens and closes within one batch is no episode', () => {
    expect(decide([], [report('credentials_refused'), report('created')])).toEqual(NOTHING);
  });
});

describe('a circuit breaker that is open', () => {
  const breaker = everyonesBreaker({ failures: 5, open: OPEN });
  const probe = (name: Parameters<typeof report>[0], circuitBreakers = [breaker]) =>
    report(name, { circuitBreakers });

  it('is not moved by what was called before it open, and fails', () => {
    for (const name of ['api_error', 'credentials_refused', 'not_now', 'aborted', 'not asked'] as const)
      expect(decide([breaker], [report(name)]), name).toEqual(NOTHING);
  });

  it('is closed by any success, and ops are told once what is over', () => {
    const closing = decide([breaker], [report('rejected'), report('created')], true);
    expect(closing.changes).toMatchObject([
      {
        tenantId: null,
        version: 'version-1',
        next: { failures: 0, failingTenantIds: [], open: null, tells: null },
      },
    ]);
    expect(templates(closing)).toEqual([
      'email: wrk_available',
      'in_app: wrk_available',
      'slack: wrk_available',
    ]);
    expect(closing.messages[0]?.body).toMatchObject({
      errorReason: 'consecutive_failures',
      errorDetails: ['Builds of all tenants waited for 60 s'],
    });
    expect(closing.transitions).toMatchObject([{ kind: 'closed', tenantId: null, openForMs: 60_000 }]);
  });

  it('waits twice as long after each probe that fails, and says what the last one said', () => {
    const tried = everyonesBreaker({ failures: 5, open: { ...OPEN, probes: 2 } });
    const { changes, messages, transitions } = decide([tried], [probe('credentials_refused', [tried])]);
    expect(changes[0]?.next).toEqual({
      version: 'version-2',
      failures: 5,
      failuresOfAny: 5,
      failingTenantIds: [],
      tells: null,
      open: {
        reason: 'credentials_refused',
        detail: WRK_ANSWERS.credentials_refused.detail,
        probes: 3,
        nextProbeInMs: 8_000,
      },
    });
    expect(messages).toEqual([]);
    expect(transitions).toMatchObject([{ kind: 'probe_failed', probes: 3, nextProbeInMs: 8_000 }]);
  });

  it('takes no notice of a probe of an earlier state of it', () => {
    const since = everyonesBreaker({ version: 'later', failures: 5, open: { ...OPEN, probes: 1 } });
    expect(decide([since], [probe('api_error')])).toEqual(NOTHING);
    expect(decide([], [probe('not_now')]), 'it was closed since').toEqual(NOTHING);
  });

  it('lets the next build through at once where its probe did not ask after all', () => {
    for (const name of ['aborted', 'not asked'] as const) {
      const { changes, transitions, messages } = decide([breaker], [probe(name)]);
      expect(changes[0]?.next?.open, name).toMatchObject({ probes: 0, nextProbeInMs: 0, detail: null });
      expect([transitions, messages]).toEqual([[], []]);
    }
  });

  it('waits as long as before where its probe was told to come later, or only its tenant is refused', () => {
    const tried = everyonesBreaker({ failures: 5, open: { ...OPEN, probes: 3 } });
    const asked = decide([tried], [probe('not_now', [tried])]);
    expect(asked.changes[0]?.next?.open).toMatchObject({ probes: 3, nextProbeInMs: 8_000 });
    const refused = decide([tried], [probe('tenant_refused', [tried])]);
    expect(refused.changes).toMatchObject([
      { tenantId: null, next: { open: { probes: 3, nextProbeInMs: 8_000 } } },
      { tenantId: 'tenant-1', next: { open: { reason: 'tenant_refused', probes: 0 } } },
    ]);
    expect(refused.transitions).toMatchObject([{ kind: 'opened', tenantId: 'tenant-1' }]);
  });

  it('that closes and opens again within one batch is the same episode, tried anew', () => {
    const tried = everyonesBreaker({ failures: 5, open: { ...OPEN, probes: 3 } });
    const { changes, messages, transitions } = decide(
      [tried],
      [report('created'), report('credentials_refused')],
    );
    expect(changes).toMatchObject([{ next: { open: { probes: 0, nextProbeInMs: 1_000 } } }]);
    expect([messages, transitions]).toEqual([[], []]);
  });
});

describe('the circuit breaker of a tenant', () => {
  const breaker = tenantsBreaker({ failures: 1, open: { ...OPEN, reason: 'tenant_refused' } });

  it('is left alone by other tenants', () => {
    expect(decide([breaker], [report('created', { tenantId: 'tenant-2' })])).toEqual(NOTHING);
  });

  it('is kept open by whatever fails its probe, which counts for everyone as well', () => {
    const { changes } = decide([breaker], [report('api_error', { circuitBreakers: [breaker] })]);
    expect(changes).toMatchObject([
      { tenantId: null, version: null, next: { failures: 1, open: null } },
      { tenantId: 'tenant-1', next: { open: { reason: 'consecutive_failures', probes: 1 } } },
    ]);
  });

  it('opens at its fifth failure, whatever others come to', () => {
    const four = Array.from({ length: 4 }, () => report('api_error'));
    const others = report('created', { tenantId: 'tenant-2' });
    expect(decide([], [...four, others]).transitions).toEqual([]);
    expect(decide([], [...four, others, report('unusable')]).transitions).toMatchObject([
      { kind: 'opened', tenantId: 'tenant-1', reason: 'consecutive_failures' },
    ]);
  });

  it('is not open by what fails for everyone', () => {
    const { changes } = decide([], [report('credentials_refused'), report('api_error')]);
    expect(changes.map(({ tenantId }) => tenantId)).toEqual([null]);
  });

  it('closes together with everyone’s in one message that says both', () => {
    const everyone = everyonesBreaker({ open: { ...OPEN, openForMs: 1_500 } });
    const closing = decide([everyone, breaker], [report('created')]);
    expect(closing.changes.map(({ tenantId, next }) => [tenantId, next?.open])).toEqual([
      [null, null],
      ['tenant-1', null],
    ]);
    expect(templates(closing)).toEqual(['email: wrk_available', 'in_app: wrk_available']);
    expect(closing.messages[0]?.body).toMatchObject({
      errorReason: 'consecutive_failures',
      errorDetails: ['Builds of all tenants waited for 2 s', 'Builds of this tenant waited for 60 s'],
    });
  });
});

describe('B7 an episode that the ops team was not told of', () => {
  const told = { reason: 'consecutive_failures', msAgo: 61_000 } as const;
  const untold = everyonesBreaker({ failures: 5, open: OPEN, told });
  const probe = (breaker: CircuitBreakerRecord, name: Parameters<typeof report>[0]) =>
    decide([breaker], [report(name, { circuitBreakers: [breaker] })]);

  it('ends without a word, and is forgotten once ops may be told again', () => {
    expect(probe(untold, 'created')).toMatchObject({ messages: [], changes: [{ next: { failures: 0 } }] });
    const long = everyonesBreaker({ failures: 5, open: OPEN, told: { ...told, msAgo: 600_000 } });
    expect(probe(long, 'created')).toMatchObject({ messages: [], changes: [{ next: null }] });
  });

  it('is told by the first probe that fails for another reason, or later than ten minutes after the last', () => {
    expect(probe(untold, 'api_error').messages).toEqual([]);
    const news = probe(untold, 'credentials_refused');
    expect(templates(news)).toEqual(['email: wrk_unavailable', 'in_app: wrk_unavailable']);
    expect(news.changes[0]?.next?.tells).toBe('credentials_refused');
    const long = everyonesBreaker({ failures: 5, open: OPEN, told: { ...told, msAgo: 600_000 } });
    expect(templates(probe(long, 'api_error'))).toHaveLength(2);
    expect(probe(long, 'not_now').messages, 'of a probe that says nothing').toEqual([]);
  });
});

describe('the wait for the next probe', () => {
  it('doubles from one second to one minute', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7, 2_000].map((probes) =>
      probeDelayMs(DEFAULT_CIRCUIT_BREAKER_POLICY, probes),
    );
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });
});
