import { ok } from 'neverthrow';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type MemoryTx, memoryStorage } from '../../src/adapters/memory/index.js';
import { createBuilds } from '../../src/create-builds.js';
import type { BuildsOptions } from '../../src/input/builds-options.js';
import type { BuildEvent } from '../../src/observability/events.js';
import type { Notification } from '../../src/ports/notifier.js';
import { buildableProject, stableId, TENANT } from '../../src/testing/builders.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';
import { useFakeTime } from '../support/fake-time.js';

const COMMAND = { userId: stableId('ops'), reason: 'The client waits.' };

/** A storage that has the three required ports and nothing else, and the library over it. */
function openBare(choices: Partial<BuildsOptions<MemoryTx>> = {}) {
  const { repository, queue, auditLog, host, libraryRows, inAppNotifier, workflowHolders } = memoryStorage();
  const fake = createFakeWrk();
  const events: BuildEvent[] = [];
  const mails: Notification[] = [];
  const open = (more: Partial<BuildsOptions<MemoryTx>> = {}) =>
    createBuilds<MemoryTx>({
      repository,
      queue,
      auditLog,
      wrk: fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } }),
      notifiers: {
        email: {
          deliver: async (notification) => {
            mails.push(notification);
            return { status: 'delivered' };
          },
        },
        inApp: inAppNotifier,
      },
      resolveRecipients: async ({ audience }) => [{ id: audience }],
      retry: { initialDelayMs: 1, jitter: 0 },
      onEvent: (event) => events.push(event),
      ...choices,
      ...more,
    });
  const builds = open();
  return {
    repository,
    fake,
    events,
    mails,
    builds,
    open,
    libraryRows,
    workflowHolders,
    project: async (name = 'project') => {
      const project = buildableProject({ name });
      await host.insert(project.rows);
      const { tenantId, versionId: automationVersionId } = project;
      return { tenantId, automationVersionId, trigger: 'auto_build' } as const;
    },
    read: host.read,
    work: async (worked = builds) => {
      const workers = worked.startWorkers({ pollIntervalMs: 2 });
      onTestFinished(() => workers.stop({ graceMs: 0 }));
      await workers.drain();
      await workers.stop();
    },
  };
}

const refusal = (use: string, name: string, implemented: string) =>
  new TypeError(
    `${use} needs the capability \`${name}\`, which this storage does not have: use the storage of wrk-builds/postgres or wrk-builds/memory, or implement ${implemented}.`,
  );

describe('a storage with the required ports alone', () => {
  it('carries out both flows, from the request to the notification', async () => {
    const bare = openBare();
    const request = await bare.project();
    // Another process than the one that works, which finds the build by looking.
    const accepted = (await bare.open().requestBuild(request))._unsafeUnwrap();
    bare.fake.script(wrkBehaviour.answers(503));
    await bare.work();
    const { bindings, audit, messages, deliveries, inAppNotifications } = await bare.libraryRows();
    expect(bindings).toMatchObject([{ id: accepted.bindingId, status: 'active' }]);
    expect(bare.fake.calls(), 'the first one failed').toHaveLength(2);
    expect((await bare.read()).automationVersions).toMatchObject([{ id: request.automationVersionId }]);
    expect(audit.length).toBeGreaterThan(0);
    expect(bare.mails.map(({ message }) => message.template)).toContain('build_complete');
    expect(inAppNotifications.length).toBeGreaterThan(0);
    expect([messages, deliveries]).toEqual([[], []]);
    expect(bare.events.filter(({ type }) => type === 'worker_problem')).toEqual([]);
  });

  it('carries out the commands that look nothing up', async () => {
    const bare = openBare();
    const { tenantId, bindingId } = {
      tenantId: TENANT,
      ...(await bare.builds.requestBuild(await bare.project()))._unsafeUnwrap(),
    };
    const assigneeId = stableId('engineer', 'second');
    const assigned = await bare.builds.assignBuild({ tenantId, bindingId, assigneeId, ...COMMAND });
    expect(assigned._unsafeUnwrap()).toMatchObject({ bindingId, status: 'pending' });
    bare.fake.script(wrkBehaviour.answers(422));
    await bare.work();
    expect((await bare.builds.retryBuild({ tenantId, bindingId, ...COMMAND }))._unsafeUnwrap().run).toBe(2);
    await bare.work();
    expect((await bare.libraryRows()).bindings).toMatchObject([{ status: 'active', run: 2 }]);
  });
});

describe('without hostSchema', () => {
  it('every id passes', async () => {
    const strict = openBare({ hostSchema: { isHostId: () => false } });
    const refused = await strict.builds.requestBuild({ ...(await strict.project()), userId: 'ada' });
    expect(refused._unsafeUnwrapErr().code).toBe('invalid_input');
    const bare = openBare();
    const accepted = await bare.builds.requestBuild({ ...(await bare.project()), userId: 'ada' });
    expect(accepted.isOk()).toBe(true);
  });

  it('verifyAtStart is refused at the start', () => {
    expect(() => openBare({ verifyAtStart: true })).toThrow(
      refusal('The option verifyAtStart', 'hostSchema', 'HostSchema'),
    );
  });
});

describe('without hostTransactions', () => {
  it('a request in a transaction of the host’s is refused, and writes nothing', async () => {
    const bare = openBare();
    const request = await bare.project();
    await bare.repository.transaction(async (tx) => {
      await expect(bare.builds.requestBuild(request, { tx })).rejects.toThrow(
        refusal('requestBuild with { tx }', 'hostTransactions', 'HostTransactions'),
      );
      return ok(undefined);
    });
    expect((await bare.libraryRows()).bindings).toEqual([]);
  });

  it('recordChecklistChange is refused, in a transaction or not', async () => {
    const { checklists } = memoryStorage();
    const { builds } = openBare({ checklists });
    await expect(
      builds.recordChecklistChange({ tenantId: TENANT, projectId: stableId('project') }),
    ).rejects.toThrow(refusal('recordChecklistChange', 'hostTransactions', 'HostTransactions'));
  });
});

describe('without checklists', () => {
  it('recordChecklistChange is refused', async () => {
    const { hostTransactions } = memoryStorage();
    const { builds } = openBare({ hostTransactions });
    await expect(
      builds.recordChecklistChange({ tenantId: TENANT, projectId: stableId('project') }),
    ).rejects.toThrow(refusal('recordChecklistChange', 'checklists', 'Checklists'));
  });
});

describe('without buildViews', () => {
  const { builds } = openBare();
  const build = { tenantId: TENANT, bindingId: stableId('binding') };
  it.each([
    ['getBuild', async () => builds.getBuild(build)],
    ['listBuilds', async () => builds.listBuilds({ tenantId: TENANT })],
    [
      'retryBuilds',
      async () => builds.retryBuilds({ tenantId: TENANT, errorReason: 'wrk_api_error', ...COMMAND }),
    ],
    [
      'watchBuilds',
      async () => builds.watchBuilds({ tenantId: TENANT, onChange: () => {}, onReload: () => {} }),
    ],
  ])('%s is refused', async (operation, call) => {
    await expect(call()).rejects.toThrow(refusal(operation, 'buildViews', 'BuildViews'));
  });

  it('builds in flight are not counted', async () => {
    expect(await builds.stats()).toMatchObject({ buildsInFlight: null, buildRequests: { waiting: 0 } });
    expect(await builds.health()).toEqual({ status: 'ok', findings: [] });
  });
});

describe('without sweep', () => {
  it('reconcile is refused', async () => {
    await expect(openBare().builds.reconcile()).rejects.toThrow(refusal('reconcile', 'sweep', 'Sweep'));
  });
});

describe('without sweep and purge', () => {
  it('workers start neither timer', async () => {
    const useRealTime = useFakeTime();
    onTestFinished(useRealTime);
    const timersOf = async ({ builds }: ReturnType<typeof openBare>) => {
      const before = vi.getTimerCount();
      const workers = builds.startWorkers({ concurrency: { builds: 0, notifications: 0 } });
      const timers = vi.getTimerCount() - before;
      await workers.stop({ graceMs: 0 });
      return timers;
    };
    const { sweep, purge } = memoryStorage();
    const bare = await timersOf(openBare());
    expect(await timersOf(openBare({ sweep }))).toBe(bare + 1);
    expect(await timersOf(openBare({ purge }))).toBe(bare + 1);
  });
});

describe('without circuitBreakers', () => {
  it('calls are never held back, and none is shown as open', async () => {
    const bare = openBare({ retry: { maxRetries: 0 } });
    bare.fake.otherwise(() => wrkBehaviour.answers(401));
    const names = Array.from({ length: 8 }, (_, n) => `project ${n}`);
    for (const name of names) await bare.builds.requestBuild(await bare.project(name));
    await bare.work();
    expect(bare.fake.calls()).toHaveLength(8);
    expect(await bare.builds.stats()).toMatchObject({ openCircuitBreakers: [] });
    expect(bare.events.filter(({ type }) => type.startsWith('circuit_breaker'))).toEqual([]);
  });

  it('the option circuitBreaker is refused at the start', () => {
    expect(() => openBare({ circuitBreaker: {} })).toThrow(
      refusal('The option circuitBreaker', 'circuitBreakers', 'CircuitBreakers'),
    );
  });
});

describe('without deliveryRecords', () => {
  /** The template of the mails that ada got where bob’s first mail fails, and his second does not. */
  const mailsToAda = async (choices: Partial<BuildsOptions<MemoryTx>>) => {
    const sent: string[] = [];
    let failures = 0;
    const bare = openBare({
      ...choices,
      delivery: { initialDelayMs: 0, maxDelayMs: 0 },
      resolveRecipients: async () => [{ id: 'ada' }, { id: 'bob' }],
      notifiers: {
        email: {
          deliver: async ({ recipient, message }) => {
            if (message.template !== 'build_complete' || message.audience !== 'client')
              return { status: 'delivered' };
            if (recipient.id === 'ada') sent.push(message.template);
            else if (++failures === 1) return { status: 'failed', retryable: true, reason: 'mailbox full' };
            return { status: 'delivered' };
          },
        },
        inApp: { deliver: async () => ({ status: 'delivered' }) },
      },
    });
    await bare.builds.requestBuild(await bare.project());
    await bare.work();
    expect(failures, 'bob got his').toBe(2);
    return sent;
  };

  it('a message that comes again goes to everyone again, and with them only to whom it did not reach', async () => {
    const { deliveryRecords } = memoryStorage();
    expect(await mailsToAda({ deliveryRecords })).toEqual(['build_complete']);
    expect(await mailsToAda({})).toEqual(['build_complete', 'build_complete']);
  });
});

describe('without workflowHolders', () => {
  it.each([
    [
      'a build whose workflow was adopted for another one ends for a person to look into',
      false,
      'workflow_conflict',
    ],
    ['with it, it is completed', true, null],
  ])('%s', async (_, has, reason) => {
    const bare = openBare();
    const { workflowHolders: holders } = bare;
    const builds = has ? bare.open({ workflowHolders: holders }) : bare.builds;
    const first = await bare.project('typed');
    const { bindingId } = (await builds.requestBuild(first))._unsafeUnwrap();
    const workflow = { workflowId: 'wf_1', workflowUrl: 'https://app.wrk.example/workflows/wf_1' };
    await builds.adoptWorkflow({ tenantId: TENANT, bindingId, ...workflow, ...COMMAND });
    const answered = (await builds.requestBuild(await bare.project('answered')))._unsafeUnwrap();
    await bare.work(builds);
    const { bindings } = await bare.libraryRows();
    expect(bindings.find(({ id }) => id === answered.bindingId)?.error_reason).toBe(reason);
  });
});

describe('without deadLetters', () => {
  it.each([
    ['deadLetters', () => openBare().builds.deadLetters({ tenantId: TENANT })],
    ['redrive', () => openBare().builds.redrive({ tenantId: TENANT })],
  ])('%s is refused', async (operation, call) => {
    await expect(call()).rejects.toThrow(refusal(operation, 'deadLetters', 'DeadLetters'));
  });
});

describe('without purge', () => {
  it('the option retention is refused at the start', () => {
    expect(() => openBare({ retention: {} })).toThrow(refusal('The option retention', 'purge', 'Purge'));
  });
});

describe('without queueListener', () => {
  it('workers look for themselves, and with one they are woken', async () => {
    let wake = () => {};
    let stopped = 0;
    const woken = openBare({
      queueListener: {
        listen: (listener) => {
          wake = () => listener.wake('build-requests');
          return {
            stop: async () => {
              stopped += 1;
            },
          };
        },
      },
    });
    const workers = woken.builds.startWorkers({ pollIntervalMs: 3_600_000 });
    onTestFinished(() => workers.stop({ graceMs: 0 }));
    // Once they have looked and found nothing.
    await new Promise((resolve) => setImmediate(resolve));
    await woken.open().requestBuild(await woken.project());
    wake();
    await vi.waitFor(() => expect(woken.fake.calls()).toHaveLength(1));
    await workers.stop();
    expect(stopped).toBe(1);
  });
});
