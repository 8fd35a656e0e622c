import { describe, expect, it } from 'vitest';
import { memoryEngine, memoryStorage } from '../../src/adapters/memory/index.js';
import { DEFAULT_CIRCUIT_BREAKER_POLICY } from '../../src/core/circuit-breaker/circuit-breaker.js';
import { DEFAULT_DELIVERY_POLICY } from '../../src/core/notifications/decide-delivery.js';
import { DEFAULT_RETRY_POLICY } from '../../src/core/orchestration/retry-policy.js';
import { createBuilds } from '../../src/create-builds.js';
import { readBuildsOptions } from '../../src/input/options.js';
import { outbox } from '../../src/outbox/outbox.js';
import { NO_LIMITS } from '../../src/ports/claim-limits.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';
import * as given from '../support/given.js';
import * as when from '../support/when.js';

const DAY_MS = 86_400_000;

const storage = memoryStorage();
const needed = {
  ...storage,
  wrk: fakeWrkClient(createFakeWrk(), { duplicates: { by: 'idempotency-key' } }),
  notifiers: { email: storage.inAppNotifier, inApp: storage.inAppNotifier },
  resolveRecipients: async () => [],
};
const read = (options: Record<string, unknown> = {}) => readBuildsOptions({ ...needed, ...options });
/** Calls a function as a host without types might. */
const calling =
  (called: (...given: never[]) => unknown, ...given: unknown[]) =>
  () =>
    Reflect.apply(called, undefined, given);
const wiring = (options: Record<string, unknown>) => calling(createBuilds, { ...needed, ...options });

describe('options that are left out', () => {
  it('have their defaults', () => {
    const all = DEFAULT_DELIVERY_POLICY;
    expect(read()).toMatchObject({
      startableStatuses: ['Ready for Build', 'Awaiting Client Approval'],
      orchestration: 'automatic',
      prerequisites: [],
      retry: DEFAULT_RETRY_POLICY,
      delivery: { email: all, in_app: all, slack: all },
      circuitBreaker: DEFAULT_CIRCUIT_BREAKER_POLICY,
      limits: NO_LIMITS,
      watch: { intervalMs: 2_000, overlapMs: 10_000, maxChanges: 1_000 },
      retention: {
        deadLettersMs: 30 * DAY_MS,
        deliveryRecordsMs: 31 * DAY_MS,
        idempotencyAnswersMs: 7 * DAY_MS,
      },
      lockWaitMs: 5_000,
      verifyAtStart: false,
    });
  });

  it('keep their defaults beside those that are given', () => {
    const given = read({
      circuitBreaker: { failureThreshold: 20 },
      watch: { intervalMs: 500 },
      retention: { deadLettersMs: DAY_MS },
      retry: { maxRetries: 0 },
    });
    expect(given.circuitBreaker).toEqual({ ...DEFAULT_CIRCUIT_BREAKER_POLICY, failureThreshold: 20 });
    expect(given.watch).toEqual({ intervalMs: 500, overlapMs: 10_000, maxChanges: 1_000 });
    expect(given.retention).toEqual({
      deadLettersMs: DAY_MS,
      deliveryRecordsMs: 31 * DAY_MS,
      idempotencyAnswersMs: 7 * DAY_MS,
    });
    expect(given.retry).toEqual({ ...DEFAULT_RETRY_POLICY, maxRetries: 0 });
  });

  it('limit nothing, and each limit is set by itself', () => {
    const limits = { concurrency: { perTenant: 3 }, callsPerSecond: { global: 0.5 } };
    expect(read({ limits }).limits).toEqual({
      concurrency: { global: null, perTenant: 3 },
      callsPerSecond: { global: 0.5, perTenant: null },
    });
  });

  it('hold for every channel of deliveries, and one channel may have its own', () => {
    const delivery = {
      maxAttempts: 5,
      email: { initialDelayMs: 60_000 },
      inApp: { maxAttempts: 20 },
      slack: { maxAttempts: 2, maxDelayMs: 10_000 },
    };
    expect(read({ delivery }).delivery).toEqual({
      email: { maxAttempts: 5, initialDelayMs: 60_000, maxDelayMs: 3_600_000, timeoutMs: 25_000 },
      in_app: { maxAttempts: 20, initialDelayMs: 1_000, maxDelayMs: 3_600_000, timeoutMs: 25_000 },
      slack: { maxAttempts: 2, initialDelayMs: 1_000, maxDelayMs: 10_000, timeoutMs: 25_000 },
    });
  });
});

describe('createBuilds', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ repository: undefined }, 'repository: is missing: spread a storage'],
    [{ repository: storage.queue }, 'repository: has no transaction, save: spread a storage'],
    [{ queue: undefined }, 'queue: is missing: spread a storage'],
    [{ auditLog: undefined }, 'auditLog: is missing: spread a storage'],
    [{ checklists: {} }, 'checklists: has no lockChecklist, saveProgress: give what your storage has'],
    [{ purge: null }, 'purge: is null: give what your storage has'],
    [{ queueListner: {} }, 'queueListner: is not an option: did you mean “queueListener”?'],
    [{ wrk: undefined }, 'wrk: is missing: give a client of WRK: wrkHttp(…)'],
    [{ wrk: {} }, 'wrk: has no createWorkflow, findWorkflow: give a client of WRK'],
    [{ notifiers: undefined }, 'notifiers: is missing: give an object of email, inApp, slack'],
    [
      { notifiers: { email: storage.inAppNotifier }, inAppNotifier: undefined },
      'notifiers.inApp: is missing: give a notifier, or spread a storage that brings one',
    ],
    [{ resolveRecipients: undefined }, 'resolveRecipients: is missing: give an async function'],
    [{ resolveRecipients: [] }, 'resolveRecipients: is a list: give an async function'],
    [{ blueprint: 'graph' }, 'blueprint: is a string: give graphBlueprint'],
    [{ checklist: {} }, 'checklist: is an object: give a function'],
    [
      { orchestration: 'auto' },
      "orchestration: cannot be used: give 'automatic', 'manual', or a function that chooses one of them for a build",
    ],
    [{ prerequisites: ['quote'] }, 'prerequisites.0: is a string: give an async function'],
    [{ startableStatuses: 'Ready for Build' }, 'startableStatuses: is a string: give a list of statuses'],
    [{ startableStatuses: [] }, 'startableStatuses: is too short: give at least one status'],
    [{ startableStatuses: [1] }, 'startableStatuses.0: is a number: give a status as text'],
    [{ lockWaitMs: 0 }, 'lockWaitMs: is too small: give a whole number of milliseconds from 1'],
    [{ lockWaitMs: Number.NaN }, 'lockWaitMs: is NaN'],
    [{ lockWaitMs: '5s' }, 'lockWaitMs: is a string'],
    [{ verifyAtStart: 1 }, 'verifyAtStart: is a number: give true or false'],
    [{ onEvent: {} }, 'onEvent: is an object: give a function'],
    [{ onEvents: () => {} }, 'onEvents: is not an option: did you mean “onEvent”?'],
    [{ callEachOther: 1 }, 'callEachOther: is not an option: give one of '],
    [
      { retry: { maxRetries: Number.NaN } },
      'retry.maxRetries: is NaN: give a whole number of retries from 0',
    ],
    [{ retry: { initialDelayMs: Number.NaN } }, 'retry.initialDelayMs: is NaN'],
    [{ retry: { initialDelayMs: Number.POSITIVE_INFINITY } }, 'retry.initialDelayMs: is Infinity'],
    [{ retry: { maxRetries: -1 } }, 'retry.maxRetries: is too small'],
    [{ retry: { jitter: 2 } }, 'retry.jitter: is too large: give a number from 0 to 1'],
    [{ retry: { tries: 3 } }, 'retry.tries: is not an option'],
    [{ retry: { maxRetrys: 3 } }, 'retry.maxRetrys: is not an option: did you mean “maxRetries”?'],
    [{ retry: 3 }, 'retry: is a number: give an object of maxRetries, '],
    [{ circuitBreaker: { failureThreshold: 0 } }, 'circuitBreaker.failureThreshold: is too small'],
    [{ circuitBreaker: { failureThreshold: 1.5 } }, 'circuitBreaker.failureThreshold: is not a whole number'],
    [{ circuitBreaker: { initialProbeDelayMs: 0 } }, 'circuitBreaker.initialProbeDelayMs: is too small'],
    [{ circuitBreaker: { maxProbeDelayMs: '60' } }, 'circuitBreaker.maxProbeDelayMs: is a string'],
    [
      { circuitBreaker: { initialProbeDelayMs: 120_000 } },
      'circuitBreaker.maxProbeDelayMs: is less than circuitBreaker.initialProbeDelayMs: give at least as much',
    ],
    [{ circuitBreaker: { probes: 3 } }, 'circuitBreaker.probes: is not an option'],
    [{ limits: { concurrency: { global: 0 } } }, 'limits.concurrency.global: is too small'],
    [{ limits: { concurrency: { perTenant: 1.5 } } }, 'limits.concurrency.perTenant: is not a whole number'],
    [{ limits: { callsPerSecond: { global: -1 } } }, 'limits.callsPerSecond.global: is too small'],
    [{ limits: { callsPerSecond: { perTenant: '5' } } }, 'limits.callsPerSecond.perTenant: is a string'],
    [{ limits: { callsPerMinute: {} } }, 'limits.callsPerMinute: is not an option'],
    [{ retention: { deadLettersMs: -1 } }, 'retention.deadLettersMs: is too small'],
    [{ retention: { idempotencyAnswersMs: Number.NaN } }, 'retention.idempotencyAnswersMs: is NaN'],
    [{ retention: { deliveryRecordsMs: DAY_MS } }, 'would be sent again to those whom it reached'],
    [{ delivery: { maxAttempts: 0 } }, 'delivery.maxAttempts: is too small'],
    [{ delivery: { slack: { maxAttempts: 1.5 } } }, 'delivery.slack.maxAttempts: is not a whole number'],
    [{ delivery: { inApp: { initialDelayMs: -1 } } }, 'delivery.inApp.initialDelayMs: is too small'],
    [
      { delivery: { email: { maxDelayMs: 10 } } },
      'delivery.email.maxDelayMs: is less than initialDelayMs: give at least as much',
    ],
    [{ delivery: { sms: { maxAttempts: 3 } } }, 'delivery.sms: is not an option'],
    [{ watch: { intervalMs: 0 } }, 'watch.intervalMs: is too small'],
    [{ watch: { intervalMs: '2' } }, 'watch.intervalMs: is a string'],
    [{ watch: { overlapMs: 1.5 } }, 'watch.overlapMs: is not a whole number'],
    [{ watch: { maxChanges: 0 } }, 'watch.maxChanges: is too small'],
    [
      { watch: { intervalMs: 20_000 } },
      'watch.overlapMs: is less than watch.intervalMs: give at least as much',
    ],
    [{ watch: { every: 3 } }, 'watch.every: is not an option'],
  ])('refuses %j by name', (options, line) => {
    expect(wiring(options)).toThrow(TypeError);
    expect(wiring(options)).toThrow(`- ${line.startsWith('would') ? 'retention.deliveryRecordsMs: ' : line}`);
    expect(wiring(options)).toThrow(line);
  });

  it('lists everything at once', () => {
    const options = {
      limits: { concurrency: { global: 0, perTenant: 0 } },
      retry: { maxRetries: Number.NaN },
    };
    expect(wiring(options)).toThrow(
      /retry\.maxRetries.*limits\.concurrency\.global.*concurrency\.perTenant/s,
    );
  });

  it.each([
    { circuitBreaker: { failureThreshold: 0 } },
    { delivery: { maxAttempts: 0 } },
    { watch: { intervalMs: 0 } },
  ])('refuses %j before anything is wired', (options) => {
    expect(() => given.app(memoryStorage(), options)).toThrow(TypeError);
  });

  it('refuses to be called without options', () => {
    expect(calling(createBuilds)).toThrow('options: is missing: give an object of ');
  });
});

describe('startWorkers', () => {
  it.each<[unknown, string]>([
    [{ concurrency: { builds: -1 } }, 'concurrency.builds: is too small: give a whole number of builds'],
    [{ concurrency: { notifications: Number.NaN } }, 'concurrency.notifications: is NaN'],
    [{ concurrency: 4 }, 'concurrency: is a number: give an object of builds, notifications'],
    [{ leaseMs: '60s' }, 'leaseMs: is a string: give a whole number of milliseconds from 1 to 86400000'],
    [{ leaseMs: 0 }, 'leaseMs: is too small'],
    [{ pollIntervalMs: Number.POSITIVE_INFINITY }, 'pollIntervalMs: is Infinity'],
    [{ sweepIntervalMs: 2 ** 31 }, 'sweepIntervalMs: is too large'],
    [{ sweepIntervalMs: null }, 'sweepIntervalMs: is null'],
    [{ builds: 4 }, 'builds: is not an option: did you mean “concurrency.builds”?'],
    [{ pollEvery: 4 }, 'pollEvery: is not an option'],
  ])('refuses %j by name', (options, line) => {
    const { builds } = given.app(memoryStorage());
    expect(calling(builds.startWorkers, options)).toThrow(TypeError);
    expect(calling(builds.startWorkers, options)).toThrow(`- ${line}`);
  });

  it('gives workers whose stop refuses a grace that is none', async () => {
    const workers = when.start(given.app(memoryStorage()));
    await expect(calling(workers.stop, { graceMs: Number.NaN })()).rejects.toThrow('graceMs: is NaN');
  });
});

describe('outbox', () => {
  it.each<[unknown[], string]>([
    [[undefined, memoryStorage()], 'engine: is missing: give an engine: bullmq(…) or pgBoss(…)'],
    [[memoryEngine(), undefined], 'storage: is missing: give a storage'],
    [[memoryEngine(), {}], 'storage.queue: is missing: give a storage'],
    [[memoryEngine(), memoryStorage(), { window: 0 }], 'options.window: is too small'],
    [[memoryEngine(), memoryStorage(), { waitMs: '2s' }], 'options.waitMs: is a string'],
    [[memoryEngine(), memoryStorage(), { windows: 2 }], 'did you mean “window”?'],
  ])('refuses what it cannot use: case %#', (given, line) => {
    expect(calling(outbox, ...given)).toThrow(TypeError);
    expect(calling(outbox, ...given)).toThrow(line);
  });
});

describe('what createBuilds returns', () => {
  const { builds } = given.app(memoryStorage());
  const input = { tenantId: 'acme', automationVersionId: 'v1', trigger: 'auto_build' };
  it.each<[string, () => unknown, string]>([
    ['requestBuild', () => calling(builds.requestBuild, input, { txn: {} })(), 'txn: is not an option'],
    [
      'recordChecklistChange',
      () => calling(builds.recordChecklistChange, { tenantId: 'acme', projectId: 'p1' }, { txs: {} })(),
      'did you mean “tx”?',
    ],
    ['deadLetters', () => calling(builds.deadLetters, { limit: 1 })(), 'tenantId: is missing'],
    [
      'deadLetters',
      () => calling(builds.deadLetters, { tenantId: 'acme', limit: -1 })(),
      'limit: is too small',
    ],
    ['redrive', () => calling(builds.redrive, { tenantId: 'acme', ids: 'a' })(), 'ids: is a string'],
  ])('rejects options of %s that it cannot use', async (_name, call, line) => {
    await expect(call()).rejects.toThrow(TypeError);
    await expect(call()).rejects.toThrow(line);
  });

  it('throws options of health that it cannot use at once, since its promise never rejects', () => {
    expect(calling(builds.health, { overdueMs: Number.NaN })).toThrow(TypeError);
    expect(calling(builds.health, { overdueMs: Number.NaN })).toThrow('overdueMs: is NaN');
  });

  it('refuses a watch without listeners', () => {
    expect(calling(builds.watchBuilds, { tenantId: 'acme' })).toThrow(
      'onChange: is missing: give a function',
    );
  });
});
