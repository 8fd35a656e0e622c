import { err, ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import type { MemoryTx } from '../../src/adapters/memory/index.js';
import type { BuildsOptions } from '../../src/builds.js';
import type { BuildDecision } from '../../src/core/build/decision.js';
import { createBuilds } from '../../src/create-builds.js';
import type { BuildEvent } from '../../src/observability/events.js';
import { buildableProject } from '../../src/testing/builders.js';
import * as then from '../../src/testing/contracts/support/then.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';
import { openMemory, settle } from '../adapters/memory/open-memory.js';
import { portsOf } from '../support/ports-of.js';

type Store = ReturnType<typeof openMemory>;

/** A store with a project that may be built, and the library over it, with what the test puts in between. */
async function open(between: (store: Store) => Partial<BuildsOptions<MemoryTx>> = () => ({})) {
  const store = openMemory();
  const project = buildableProject();
  await store.host.insert(project.rows);
  const events: BuildEvent[] = [];
  const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
  const over = (options: Partial<BuildsOptions<MemoryTx>>) =>
    createBuilds<MemoryTx>({
      ...portsOf(store),
      wrk: fakeWrkClient(createFakeWrk(), { duplicates: { by: 'idempotency-key' } }),
      notifiers: { email: nobody, inApp: nobody },
      resolveRecipients: async () => [],
      onEvent: (event) => events.push(event),
      ...options,
    });
  const { tenantId, versionId } = project;
  const input = { tenantId, automationVersionId: versionId, trigger: 'auto_build' } as const;
  return { store, events, builds: over(between(store)), plain: over({}), input };
}

describe('a request in a transaction of its caller', () => {
  it('is there when the caller commits, and not before', async () => {
    const { store, builds, input, events } = await open();
    const outcome = await store.repository.transaction(async (tx) => {
      const accepted = await builds.requestBuild(input, { tx });
      expect((await store.libraryRows()).bindings).toEqual([]);
      return accepted;
    });
    const { bindings, messages, audit } = await store.libraryRows();
    expect([bindings.length, messages.length, audit.length]).toEqual([1, 4, 1]);
    expect(outcome._unsafeUnwrap().bindingId).toBe(bindings[0]?.id);
    expect(events).toMatchObject([{ type: 'request_accepted', joined: true }]);
  });

  it('is nowhere when the caller rolls back', async () => {
    const { store, builds, input } = await open();
    await then.nothingChanges(store, () =>
      store.repository.transaction(async (tx) => {
        expect((await builds.requestBuild(input, { tx })).isOk()).toBe(true);
        return err('changed my mind');
      }),
    );
  });

  it('has a savepoint for each attempt, reads and writes in it, and waits after `busy` alone', async () => {
    const steps: string[] = [];
    const verdicts = ['busy', 'stale'] as const;
    const { store, builds, input } = await open(({ repository, hostTransactions, queue, auditLog }) => ({
      lockWaitMs: 700,
      hostTransactions: {
        savepoint: (tx, work, options) => {
          steps.push(`savepoint, ${options.waitMs}`);
          return hostTransactions.savepoint(tx, work, options);
        },
      },
      repository: {
        ...repository,
        transaction: (work) => {
          steps.push('a transaction of its own');
          return repository.transaction(work);
        },
        loadRequests: (queries, options) => {
          steps.push(`load ${options?.tx ? 'there' : 'elsewhere'}, ${options?.waitMs ?? 'at once'}`);
          return repository.loadRequests(queries, options);
        },
        save: async (tx, decisions) => {
          const verdict = verdicts[steps.filter((step) => step === 'save').length];
          steps.push('save');
          return verdict ? [verdict] : repository.save(tx, decisions);
        },
      },
      queue: {
        ...queue,
        enqueue: (tx, messages) => {
          steps.push('enqueue');
          return queue.enqueue(tx, messages);
        },
      },
      auditLog: {
        ...auditLog,
        append: (tx, entries) => {
          steps.push('append');
          return auditLog.append(tx, entries);
        },
      },
    }));
    await store.repository.transaction(async (tx) => await builds.requestBuild(input, { tx }));
    expect(steps).toEqual([
      ...['savepoint, 700', 'load there, at once', 'save'],
      ...['savepoint, 700', 'load there, 700', 'save'],
      ...['savepoint, 700', 'load there, at once', 'save', 'enqueue', 'append'],
    ]);
    expect((await store.libraryRows()).bindings).toHaveLength(1);
  });

  it('that loses a race is decided again, and refused after three', async () => {
    const seen: BuildDecision[] = [];
    const { store, builds, input } = await open(({ repository, hostTransactions }) => ({
      hostTransactions: {
        savepoint: async (tx, work, options) => {
          await hostTransactions.savepoint(
            tx,
            async (inner) => {
              await work(inner);
              return err('undone');
            },
            options,
          );
          return err('lost_race');
        },
      },
      repository: {
        ...repository,
        save: (tx, decisions) => {
          seen.push(...decisions);
          return repository.save(tx, decisions);
        },
      },
    }));
    await then.nothingChanges(store, () =>
      store.repository.transaction(async (tx) => {
        const refused = await builds.requestBuild(input, { tx });
        expect(refused._unsafeUnwrapErr().code).toBe('concurrency_conflict');
        return ok(undefined);
      }),
    );
    expect(seen).toHaveLength(3);
    expect(new Set(seen.map(({ id }) => id)).size, 'each time under the same id').toBe(1);
  });

  it('that cannot be read asks nothing of the transaction', async () => {
    const { store, builds, input } = await open(() => ({
      hostTransactions: { savepoint: () => expect.unreachable('there is nothing to attempt') },
    }));
    const refused = await store.repository.transaction(
      async (tx) => await builds.requestBuild({ ...input, tenantId: '' }, { tx }),
    );
    expect(refused._unsafeUnwrapErr().code).toBe('invalid_input');
  });

  it('whose caller has a check that fails rejects with what the check threw, and the caller goes on', async () => {
    const mistake = new Error('the service is down');
    const { store, builds, plain, input } = await open(() => ({
      prerequisites: [() => Promise.reject(mistake)],
    }));
    await store.repository.transaction(async (tx) => {
      await expect(builds.requestBuild(input, { tx })).rejects.toBe(mistake);
      return await plain.requestBuild(input, { tx });
    });
    expect((await store.libraryRows()).bindings).toHaveLength(1);
  });

  it('in a transaction of another store rejects, and writes nothing to either', async () => {
    const { store, builds, input } = await open();
    const other = openMemory();
    await then.nothingChanges(store, () =>
      other.repository.transaction(async (tx) => {
        await expect(builds.requestBuild(input, { tx })).rejects.toThrow('belongs to another store');
        return ok(undefined);
      }),
    );
  });

  it('does not wake the workers, who would see nothing yet', async () => {
    let looks = 0;
    const { store, builds, input } = await open(({ queue }) => ({
      queue: {
        ...queue,
        claim: (name, options) => {
          looks += 1;
          return queue.claim(name, options);
        },
      },
    }));
    const other = buildableProject({ name: 'other' });
    await store.host.insert(other.rows);
    const pollsSoFar = async () => {
      for (let turn = 0; turn < 20; turn += 1) await settle();
      return looks;
    };
    const workers = builds.startWorkers({ pollIntervalMs: 3_600_000, sweepIntervalMs: 3_600_000 });
    const before = await pollsSoFar();
    await store.repository.transaction(async (tx) => await builds.requestBuild(input, { tx }));
    expect(await pollsSoFar()).toBe(before);
    await builds.requestBuild({ ...input, automationVersionId: other.versionId });
    expect(await pollsSoFar(), 'a request in a transaction of our own does').toBeGreaterThan(before);
    await workers.stop();
  });
});
