import { describe, expect, it } from 'vitest';
import type { GateReport } from '../../src/core/circuit-breaker/answer-meaning.js';
import { DEFAULT_GATE_POLICY } from '../../src/core/circuit-breaker/circuit-breaker.js';
import type { GateTurn } from '../../src/core/circuit-breaker/decide-circuit-breakers.js';
import { type GateShell, reportToGate } from '../../src/handlers/report-to-circuit-breaker.js';
import { OTHER_TENANT, TENANT } from '../../src/testing/builders.js';
import { saveGate, versionOf } from '../../src/testing/contracts/support/circuit-breaker-steps.js';
import { openMemory } from '../adapters/memory/open-memory.js';
import { everyonesGate, WRK_ANSWERS } from '../core/support/circuit-breakers.js';
import { claimedBuild } from '../core/support/claimed-build.js';

type Store = ReturnType<typeof openMemory>;

function openGate(
  change: (store: Store) => Partial<GateShell<Parameters<Store['queue']['enqueue']>[0]>> = () => ({}),
) {
  const store = openMemory();
  const turns: GateTurn[] = [];
  const problems: unknown[] = [];
  let loads = 0;
  let made = 0;
  const repository: Store['repository'] = {
    ...store.repository,
    loadGates: (tenantIds) => {
      loads += 1;
      return store.repository.loadGates(tenantIds);
    },
  };
  const tell = reportToGate({
    queue: store.queue,
    repository,
    policy: DEFAULT_GATE_POLICY,
    channels: { slack: false },
    newId: () => versionOf(`made ${++made}`),
    onTurn: (turn) => turns.push(turn),
    onProblem: (problem) => problems.push(problem),
    ...change({ ...store, repository }),
  });
  return {
    store,
    turns,
    problems,
    loads: () => loads,
    tell: (name: keyof typeof WRK_ANSWERS, build: Partial<GateReport['build']> = {}) =>
      tell({ build: claimedBuild({ tenantId: TENANT, ...build }), answer: WRK_ANSWERS[name] }),
    failures: async () => (await store.repository.loadGates([]))[0]?.failures ?? 0,
  };
}

describe('what a build came to, told to the gate', () => {
  it('costs nothing while WRK works', async () => {
    const gate = openGate();
    await Promise.all([
      gate.tell('created'),
      gate.tell('rejected'),
      gate.tell('not_now'),
      gate.tell('aborted'),
    ]);
    expect(gate.loads()).toBe(0);
  });

  it('is counted, and a success of a build that was claimed before it takes it back', async () => {
    const gate = openGate();
    await gate.tell('api_error');
    expect(await gate.failures()).toBe(1);
    await gate.tell('created');
    expect(await gate.failures()).toBe(0);
    await gate.tell('created');
    expect(gate.loads(), 'and nothing is asked again').toBe(2);
  });

  it('takes back what another process has counted, where the claim saw it', async () => {
    const gate = openGate();
    await saveGate(gate.store, { from: null, to: 'counted', failures: 4 });
    await gate.tell('created');
    expect(await gate.failures(), 'nobody here knew').toBe(4);
    await gate.tell('created', { gates: [everyonesGate({ failures: 4 })] });
    expect(await gate.failures()).toBe(0);
  });

  it('shares one decision with what comes at the same moment, in the order in which it came', async () => {
    const gate = openGate();
    await Promise.all([
      ...Array.from({ length: 4 }, () => gate.tell('api_error')),
      gate.tell('created', { tenantId: OTHER_TENANT }),
      ...Array.from({ length: 3 }, () => gate.tell('not_sent')),
    ]);
    expect(gate.loads()).toBe(1);
    expect(await gate.failures()).toBe(3);
    expect(gate.turns).toEqual([]);
  });

  it('writes its notifications with the change, and tells of it once it is written', async () => {
    const gate = openGate();
    await gate.tell('credentials_refused');
    expect(gate.turns).toMatchObject([{ kind: 'closed', reason: 'credentials_refused' }]);
    expect((await gate.store.libraryRows()).messages).toHaveLength(2);
    await gate.tell('credentials_refused');
    expect(gate.turns, 'the episode is told once').toHaveLength(1);
    expect((await gate.store.libraryRows()).messages).toHaveLength(2);
  });

  it('is decided again when somebody else was quicker', async () => {
    let rivals = 2;
    const gate = openGate((store) => ({
      repository: {
        ...store.repository,
        loadGates: async (tenantIds) => {
          const found = await store.repository.loadGates(tenantIds);
          const from = rivals === 2 ? null : 'rival 2';
          if (rivals > 0) await saveGate(store, { from, to: `rival ${rivals}`, failures: 3 - rivals });
          rivals -= 1;
          return found;
        },
      },
    }));
    await gate.tell('api_error');
    expect(await gate.failures(), 'those of the rivals, and this one').toBe(3);
    expect(gate.problems).toEqual([]);
  });

  it('is left out, and told of as a problem, when the gate will not hold still', async () => {
    const gate = openGate((store) => ({
      repository: { ...store.repository, saveGate: async () => false },
    }));
    await gate.tell('credentials_refused');
    expect(gate.problems).toMatchObject([{ message: expect.stringContaining('1 reports are left out') }]);
    expect([gate.turns, gate.loads()]).toEqual([[], 5]);
    expect((await gate.store.libraryRows()).messages, 'and nobody is told').toEqual([]);
  });

  it('is left out, and told of as a problem, when the database is away', async () => {
    const away = new Error('the database is away');
    const gate = openGate((store) => ({
      repository: {
        ...store.repository,
        transaction: async () => {
          throw away;
        },
      },
    }));
    await gate.tell('api_error');
    expect(gate.problems).toEqual([away]);
  });
});
