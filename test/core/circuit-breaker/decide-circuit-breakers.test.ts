import { describe, expect, it } from 'vitest';
import type { ClaimedBuild } from '../../../src/core/build/facts.js';
import type { GateReport } from '../../../src/core/circuit-breaker/answer-meaning.js';
import {
  DEFAULT_GATE_POLICY,
  type GateFacts,
  probeDelayMs,
} from '../../../src/core/circuit-breaker/circuit-breaker.js';
import { decideGates } from '../../../src/core/circuit-breaker/decide-circuit-breakers.js';
import { CLOSED, everyonesGate, tenantsGate, WRK_ANSWERS } from '../support/circuit-breakers.js';
import { claimedBuild } from '../support/claimed-build.js';
import { deepFreeze } from '../support/deep-freeze.js';

const report = (name: keyof typeof WRK_ANSWERS | 'not asked', build: Partial<ClaimedBuild> = {}) =>
  deepFreeze<GateReport>({
    build: claimedBuild(build),
    answer: name === 'not asked' ? null : WRK_ANSWERS[name],
  });

const decide = (gates: readonly GateFacts[], reports: readonly GateReport[], slack = false) =>
  decideGates(gates, reports, DEFAULT_GATE_POLICY, { channels: { slack }, version: 'version-2' });

const NOTHING = { changes: [], messages: [], turns: [] };

/** What is told, and where: the template once for each channel. */
const templates = ({ messages }: ReturnType<typeof decide>) =>
  messages.map(({ body }) =>
    body.kind === 'notification' ? `${body.channel}: ${body.template}` : body.kind,
  );

describe('a gate that is open', () => {
  it('stays as it is while WRK works, and nothing is written', () => {
    expect(decide([], [report('created'), report('rejected'), report('already_exists')])).toEqual(NOTHING);
  });

  it('counts failures in a row, and tells nobody', () => {
    expect(decide([], [report('api_error'), report('not_sent')])).toEqual({
      ...NOTHING,
      changes: [{ tenantId: null, version: null, next: { failures: 2, closed: null, version: 'version-2' } }],
    });
    const counted = decide([everyonesGate({ failures: 2 })], [report('network_failure')]);
    expect(counted.changes).toEqual([
      { tenantId: null, version: 'version-1', next: { failures: 3, closed: null, version: 'version-2' } },
    ]);
  });

  it('goes back to nothing with one success', () => {
    expect(decide([everyonesGate({ failures: 4 })], [report('rejected'), report('created')])).toEqual({
      ...NOTHING,
      changes: [{ tenantId: null, version: 'version-1', next: null }],
    });
    expect(decide([], [report('api_error'), report('created')])).toEqual(NOTHING);
  });

  it('is not counted on by what says nothing', () => {
    const says = [report('not_now'), report('aborted'), report('not asked')];
    expect(decide([everyonesGate({ failures: 4 })], says)).toEqual(NOTHING);
  });

  it('closes at the fifth failure, of whatever tenants, and ops are told once', () => {
    const last = report('unusable', { tenantId: 'tenant-2' });
    const closing = decide(
      [everyonesGate({ failures: 3 })],
      [report('api_error'), last, report('network_failure')],
      true,
    );
    expect(closing.changes).toEqual([
      {
        tenantId: null,
        version: 'version-1',
        next: {
          version: 'version-2',
          failures: 5,
          closed: {
            reason: 'failures_in_a_row',
            detail: WRK_ANSWERS.unusable.detail,
            probes: 0,
            nextProbeInMs: 1_000,
          },
        },
      },
    ]);
    expect(templates(closing)).toEqual([
      'email: wrk_unavailable',
      'in_app: wrk_unavailable',
      'slack: wrk_unavailable',
    ]);
    expect(closing.messages[0]).toMatchObject({
      tenantId: 'tenant-2',
      key: `${last.build.binding.id}:2:wrk_unavailable:email:ops_team`,
      body: { errorReason: 'failures_in_a_row', errorDetails: [WRK_ANSWERS.unusable.detail] },
    });
    expect(closing.turns).toEqual([
      {
        kind: 'closed',
        tenantId: null,
        report: last,
        reason: 'failures_in_a_row',
        detail: WRK_ANSWERS.unusable.detail,
      },
    ]);
  });

  it('closes for everyone at once where WRK refuses our credentials', () => {
    const { changes } = decide([], [report('credentials_refused')]);
    expect(changes).toMatchObject([
      { tenantId: null, version: null, next: { closed: { reason: 'credentials_refused', probes: 0 } } },
    ]);
  });

  it('closes for one tenant at once where WRK turns that tenant away', () => {
    const { changes, messages } = decide(
      [],
      [report('tenant_refused'), report('created', { tenantId: 'b' })],
    );
    expect(changes).toMatchObject([
      { tenantId: 'tenant-1', version: null, next: { closed: { reason: 'tenant_refused', probes: 0 } } },
    ]);
    expect(messages[0]?.body).toMatchObject({ tenantId: 'tenant-1', errorReason: 'tenant_refused' });
  });

  it('that closes and opens within one set is no episode', () => {
    expect(decide([], [report('credentials_refused'), report('created')])).toEqual(NOTHING);
  });
});

describe('a gate that is closed', () => {
  const gate = everyonesGate({ failures: 5, closed: CLOSED });
  const probe = (name: Parameters<typeof report>[0], gates = [gate]) => report(name, { gates });

  it('is not moved by what was called before it closed, and fails', () => {
    for (const name of ['api_error', 'credentials_refused', 'not_now', 'aborted', 'not asked'] as const)
      expect(decide([gate], [report(name)]), name).toEqual(NOTHING);
  });

  it('is opened by any success, and ops are told once what is over', () => {
    const opening = decide([gate], [report('rejected'), report('created')], true);
    expect(opening.changes).toEqual([{ tenantId: null, version: 'version-1', next: null }]);
    expect(templates(opening)).toEqual([
      'email: wrk_available',
      'in_app: wrk_available',
      'slack: wrk_available',
    ]);
    expect(opening.messages[0]?.body).toMatchObject({
      errorReason: 'failures_in_a_row',
      errorDetails: ['builds of everyone waited for 60 s'],
    });
    expect(opening.turns).toMatchObject([{ kind: 'opened', tenantId: null, closedForMs: 60_000 }]);
  });

  it('waits twice as long after each probe that fails, and says what the last one said', () => {
    const tried = everyonesGate({ failures: 5, closed: { ...CLOSED, probes: 2 } });
    const { changes, messages, turns } = decide([tried], [probe('credentials_refused', [tried])]);
    expect(changes[0]?.next).toEqual({
      version: 'version-2',
      failures: 5,
      closed: {
        reason: 'credentials_refused',
        detail: WRK_ANSWERS.credentials_refused.detail,
        probes: 3,
        nextProbeInMs: 8_000,
      },
    });
    expect(messages).toEqual([]);
    expect(turns).toMatchObject([{ kind: 'probe_failed', probes: 3, nextProbeInMs: 8_000 }]);
  });

  it('takes no notice of a probe of an earlier state of it', () => {
    const since = everyonesGate({ version: 'later', failures: 5, closed: { ...CLOSED, probes: 1 } });
    expect(decide([since], [probe('api_error')])).toEqual(NOTHING);
    expect(decide([], [probe('not_now')]), 'it was opened since').toEqual(NOTHING);
  });

  it('lets the next build through at once where its probe did not ask after all', () => {
    for (const name of ['aborted', 'not asked'] as const) {
      const { changes, turns, messages } = decide([gate], [probe(name)]);
      expect(changes[0]?.next?.closed, name).toMatchObject({ probes: 0, nextProbeInMs: 0, detail: null });
      expect([turns, messages]).toEqual([[], []]);
    }
  });

  it('waits as long as before where its probe was told to come later, or only its tenant is refused', () => {
    const tried = everyonesGate({ failures: 5, closed: { ...CLOSED, probes: 3 } });
    const asked = decide([tried], [probe('not_now', [tried])]);
    expect(asked.changes[0]?.next?.closed).toMatchObject({ probes: 3, nextProbeInMs: 8_000 });
    const refused = decide([tried], [probe('tenant_refused', [tried])]);
    expect(refused.changes).toMatchObject([
      { tenantId: null, next: { closed: { probes: 3, nextProbeInMs: 8_000 } } },
      { tenantId: 'tenant-1', next: { closed: { reason: 'tenant_refused', probes: 0 } } },
    ]);
    expect(refused.turns).toMatchObject([{ kind: 'closed', tenantId: 'tenant-1' }]);
  });

  it('that opens and closes again within one set is the same episode, tried anew', () => {
    const tried = everyonesGate({ failures: 5, closed: { ...CLOSED, probes: 3 } });
    const { changes, messages, turns } = decide([tried], [report('created'), report('credentials_refused')]);
    expect(changes).toMatchObject([{ next: { closed: { probes: 0, nextProbeInMs: 1_000 } } }]);
    expect([messages, turns]).toEqual([[], []]);
  });
});

describe('the gate of a tenant', () => {
  const gate = tenantsGate({ failures: 1, closed: { ...CLOSED, reason: 'tenant_refused' } });

  it('is left alone by other tenants', () => {
    expect(decide([gate], [report('created', { tenantId: 'tenant-2' })])).toEqual(NOTHING);
  });

  it('is kept closed by whatever fails its probe, which counts for everyone as well', () => {
    const { changes } = decide([gate], [report('api_error', { gates: [gate] })]);
    expect(changes).toMatchObject([
      { tenantId: null, version: null, next: { failures: 1, closed: null } },
      { tenantId: 'tenant-1', next: { closed: { reason: 'tenant_refused', probes: 1 } } },
    ]);
  });

  it('is not closed by what fails for everyone', () => {
    const { changes } = decide([], [report('credentials_refused'), report('api_error')]);
    expect(changes.map(({ tenantId }) => tenantId)).toEqual([null]);
  });

  it('opens together with everyone’s in one message that says both', () => {
    const everyone = everyonesGate({ closed: { ...CLOSED, closedForMs: 1_500 } });
    const opening = decide([everyone, gate], [report('created')]);
    expect(opening.changes.map(({ tenantId, next }) => [tenantId, next])).toEqual([
      [null, null],
      ['tenant-1', null],
    ]);
    expect(templates(opening)).toEqual(['email: wrk_available', 'in_app: wrk_available']);
    expect(opening.messages[0]?.body).toMatchObject({
      errorReason: 'failures_in_a_row',
      errorDetails: ['builds of everyone waited for 2 s', 'builds of this tenant waited for 60 s'],
    });
  });
});

describe('the wait for the next probe', () => {
  it('doubles from one second to one minute', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7, 2_000].map((probes) => probeDelayMs(DEFAULT_GATE_POLICY, probes));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });
});
