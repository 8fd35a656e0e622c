import { describe, expect, it } from 'vitest';
import type { CircuitBreakerReport } from '../../src/core/circuit-breaker/answer-meaning.js';
import { DEFAULT_CIRCUIT_BREAKER_POLICY } from '../../src/core/circuit-breaker/circuit-breaker.js';
import type { CircuitBreakerTransition } from '../../src/core/circuit-breaker/decide-circuit-breakers.js';
import {
  type CircuitBreakerDeps,
  reportToCircuitBreaker,
} from '../../src/handlers/report-to-circuit-breaker.js';
import { OTHER_TENANT, TENANT } from '../../src/testing/builders.js';
import * as when from '../../src/testing/contracts/support/when.js';
import { openMemory } from '../adapters/memory/open-memory.js';
import { everyonesBreaker, WRK_ANSWERS } from '../core/support/circuit-breakers.js';
import { claimedBuild } from '../core/support/claimed-build.js';

type Store = ReturnType<typeof openMemory>;

function closeCircuitBreaker(
  change: (
    store: Store,
  ) => Partial<CircuitBreakerDeps<Parameters<Store['queue']['enqueue']>[0]>> = () => ({}),
) {
  const store = openMemory();
  const transitions: CircuitBreakerTransition[] = [];
  const problems: unknown[] = [];
  let loads = 0;
  let made = 0;
  const circuitBreakers: Store['circuitBreakers'] = {
    ...store.circuitBreakers,
    load: (tenantIds) => {
      loads += 1;
      return store.circuitBreakers.load(tenantIds);
    },
  };
  const tell = reportToCircuitBreaker({
    queue: store.queue,
    repository: store.repository,
    circuitBreakers,
    policy: DEFAULT_CIRCUIT_BREAKER_POLICY,
    channels: { slack: false },
    newId: () => when.breakerVersion(`made ${++made}`),
    onTransition: (transition) => transitions.push(transition),
    onProblem: (problem) => problems.push(problem),
    ...change({ ...store, circuitBreakers }),
  });
  return {
    store,
    transitions,
    problems,
    loads: () => loads,
    tell: (name: keyof typeof WRK_ANSWERS, build: Partial<CircuitBreakerReport['build']> = {}) =>
      tell({ build: claimedBuild({ tenantId: TENANT, ...build }), answer: WRK_ANSWERS[name] }),
    failures: async () => (await store.circuitBreakers.load([]))[0]?.failures ?? 0,
  };
}

describe('what a build came to, told to the circuit breaker', () => {
  it('costs nothing while WRK works', async () => {
    const breaker = closeCircuitBreaker();
    await Promise.all([
      breaker.tell('created'),
      breaker.tell('rejected'),
      breaker.tell('not_now'),
      breaker.tell('aborted'),
    ]);
    expect(breaker.loads()).toBe(0);
  });

  it('is counted, and a success of a build that was claimed before it takes it back', async () => {
    const breaker = closeCircuitBreaker();
    await breaker.tell('api_error');
    expect(await breaker.failures()).toBe(1);
    await breaker.tell('created');
    expect(await breaker.failures()).toBe(0);
    await breaker.tell('created');
    expect(breaker.loads(), 'and nothing is asked again').toBe(2);
  });

  it('takes back what another process has counted, where the claim saw it', async () => {
    const breaker = closeCircuitBreaker();
    await when.saveCircuitBreaker(breaker.store, { from: null, to: 'counted', failures: 4 });
    await breaker.tell('created');
    expect(await breaker.failures(), 'nobody here knew').toBe(4);
    await breaker.tell('created', { circuitBreakers: [everyonesBreaker({ failures: 4 })] });
    expect(await breaker.failures()).toBe(0);
  });

  it('shares one decision with what comes at the same moment, in the order in which it came', async () => {
    const breaker = closeCircuitBreaker();
    await Promise.all([
      ...Array.from({ length: 4 }, () => breaker.tell('api_error')),
      breaker.tell('created', { tenantId: OTHER_TENANT }),
      ...Array.from({ length: 3 }, () => breaker.tell('not_sent')),
    ]);
    expect(breaker.loads()).toBe(1);
    expect(await breaker.failures()).toBe(3);
    expect(breaker.transitions).toEqual([]);
  });

  it('writes its notifications with the change, and tells of it once it is written', async () => {
    const breaker = closeCircuitBreaker();
    await breaker.tell('credentials_refused');
    expect(breaker.transitions).toMatchObject([{ kind: 'opened', reason: 'credentials_refused' }]);
    expect((await breaker.store.libraryRows()).messages).toHaveLength(2);
    await breaker.tell('credentials_refused');
    expect(breaker.transitions, 'the episode is told once').toHaveLength(1);
    expect((await breaker.store.libraryRows()).messages).toHaveLength(2);
  });

  it('is decided again when somebody else was quicker', async () => {
    let rivals = 2;
    const breaker = closeCircuitBreaker((store) => ({
      circuitBreakers: {
        ...store.circuitBreakers,
        load: async (tenantIds) => {
          const found = await store.circuitBreakers.load(tenantIds);
          const from = rivals === 2 ? null : 'rival 2';
          if (rivals > 0)
            await when.saveCircuitBreaker(store, { from, to: `rival ${rivals}`, failures: 3 - rivals });
          rivals -= 1;
          return found;
        },
      },
    }));
    await breaker.tell('api_error');
    expect(await breaker.failures(), 'those of the rivals, and this one').toBe(3);
    expect(breaker.problems).toEqual([]);
  });

  it('is left out, and told of as a problem, when the circuit breaker will not hold still', async () => {
    const breaker = closeCircuitBreaker((store) => ({
      circuitBreakers: { ...store.circuitBreakers, save: async () => false },
    }));
    await breaker.tell('credentials_refused');
    expect(breaker.problems).toMatchObject([{ message: expect.stringContaining('1 reports were dropped') }]);
    expect([breaker.transitions, breaker.loads()]).toEqual([[], 5]);
    expect((await breaker.store.libraryRows()).messages, 'and nobody is told').toEqual([]);
  });

  it('is left out, and told of as a problem, when the database is away', async () => {
    const away = new Error('the database is away');
    const breaker = closeCircuitBreaker((store) => ({
      repository: {
        ...store.repository,
        transaction: async () => {
          throw away;
        },
      },
    }));
    await breaker.tell('api_error');
    expect(breaker.problems).toEqual([away]);
  });
});
