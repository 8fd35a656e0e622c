import { err, ok, type Result } from 'neverthrow';
import { expect } from 'vitest';
import { writeDecision } from '../../../handlers/commit-one-by-one.js';
import { outgoingNotification } from '../../builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import type { StorageCase } from '../support/storage-case.js';
import {
  aboutVersion,
  changingNothing,
  commit,
  expectOneWinner,
  LONG_MS,
  requestOf,
  SHORT_MS,
  save,
  seed,
  watched,
} from '../support/store-steps.js';

const PATIENT = { waitMs: LONG_MS };

const before = outgoingNotification('before');
const within = outgoingNotification('within');
const after = outgoingNotification('after');

/** No store takes it: there is no such time. */
const unstorable = { ...outgoingNotification('unstorable'), delayMs: Number.NaN };

/** Work inside a transaction that can be undone by itself, and never spoils it. */
export const savepointCases: readonly StorageCase[] = [
  {
    name: 'an ok is kept when the transaction commits, and its value comes back',
    run: async (store) => {
      const decision = await requestOf(store, await seed(store), { idempotencyKey: 'key' });
      const result = await commit(store, (tx) =>
        store.repository.savepoint(tx, (inner) => writeDecision(store, inner, decision), PATIENT),
      );
      expect(result).toEqual(ok('ok'));
      const { bindings, messages, audit, answers } = await store.libraryRows();
      expect([bindings.length, messages.length, audit.length, answers.length]).toEqual([1, 2, 1, 1]);
    },
  },
  {
    name: 'an ok is gone when the transaction rolls back',
    run: async (store) => {
      const decision = await requestOf(store, await seed(store), { idempotencyKey: 'key' });
      await changingNothing(store, () =>
        store.repository.transaction(async (tx) => {
          await store.repository.savepoint(tx, (inner) => writeDecision(store, inner, decision), PATIENT);
          return err('rolled back');
        }),
      );
    },
  },
  {
    name: 'an err undoes all that was written in it and nothing that was written before, and the transaction goes on',
    run: async (store) => {
      const decision = await requestOf(store, await seed(store), { idempotencyKey: 'key' });
      const result = await commit(store, async (tx) => {
        await store.queue.enqueue(tx, [before]);
        const undone = await store.repository.savepoint(
          tx,
          async (inner) => {
            expect((await writeDecision(store, inner, decision)).isOk()).toBe(true);
            return err('changed my mind');
          },
          PATIENT,
        );
        await store.queue.enqueue(tx, [after]);
        return undone;
      });
      expect(result).toEqual(err('changed my mind'));
      const { bindings, messages, audit, answers } = await store.libraryRows();
      expect([bindings.length, audit.length, answers.length]).toEqual([0, 0, 0]);
      expect(messages.map(({ key }) => key)).toEqual(['after', 'before']);
      expect(await save(store, decision), 'the same decision is still good').toEqual(['ok']);
    },
  },
  {
    name: 'a throw undoes what was written in it, comes out as it was thrown, and the transaction goes on',
    run: async (store) => {
      const mistake = new Error('a mistake');
      await commit(store, async (tx) => {
        await store.queue.enqueue(tx, [before]);
        const undone = store.repository.savepoint(
          tx,
          async (inner) => {
            await store.queue.enqueue(inner, [within]);
            throw mistake;
          },
          PATIENT,
        );
        await expect(undone).rejects.toBe(mistake);
        await store.queue.enqueue(tx, [after]);
      });
      expect(await keys(store)).toEqual(['after', 'before']);
    },
  },
  {
    name: 'what the store refuses in it does not spoil the transaction',
    run: async (store) => {
      await commit(store, async (tx) => {
        await expect(
          store.repository.savepoint(tx, (inner) => add(store, inner, within, unstorable), PATIENT),
        ).rejects.toThrow();
        await store.queue.enqueue(tx, [after]);
      });
      expect(await keys(store)).toEqual(['after']);
    },
  },
  {
    name: 'what the store refused in it comes out even if the error was swallowed, and undoes the rest',
    run: async (store) => {
      let refused: unknown;
      await commit(store, async (tx) => {
        const swallowing = store.repository.savepoint(
          tx,
          async (inner) => {
            await store.queue.enqueue(inner, [within]);
            await store.queue.enqueue(inner, [unstorable]).catch((problem: unknown) => {
              refused = problem;
            });
            return ok(undefined);
          },
          PATIENT,
        );
        await swallowing.then(
          () => expect.unreachable('nothing of it can be kept'),
          (problem: unknown) => expect(problem).toBe(refused),
        );
        await store.queue.enqueue(tx, [after]);
      });
      expect(refused).toBeInstanceOf(Error);
      expect(await keys(store)).toEqual(['after']);
    },
  },
  {
    name: 'one inside another is undone by itself, or with the other',
    run: async (store) => {
      const { repository } = store;
      await commit(store, async (tx) => {
        const kept = await repository.savepoint(
          tx,
          async (outer) => {
            await store.queue.enqueue(outer, [before]);
            const undone = await repository.savepoint(
              outer,
              async (inner) => {
                await store.queue.enqueue(inner, [within]);
                return err('the inner one');
              },
              PATIENT,
            );
            expect(undone).toEqual(err('the inner one'));
            return ok(undefined);
          },
          PATIENT,
        );
        expect(kept.isOk()).toBe(true);
        const undone = await repository.savepoint(
          tx,
          async (outer) => {
            await repository.savepoint(outer, (inner) => add(store, inner, after), PATIENT);
            return err('the outer one');
          },
          PATIENT,
        );
        expect(undone).toEqual(err('the outer one'));
      });
      expect(await keys(store)).toEqual(['before']);
    },
  },
  {
    name: 'two at once in one transaction take turns: what one undoes takes nothing of the other along',
    run: async (store) => {
      const { repository } = store;
      await commit(store, async (tx) => {
        const one = repository.savepoint(
          tx,
          async (inner) => {
            await store.queue.enqueue(inner, [within]);
            await store.passTime(SHORT_MS);
            return err('undone');
          },
          PATIENT,
        );
        const two = repository.savepoint(tx, (inner) => add(store, inner, after), PATIENT);
        expect(await one).toEqual(err('undone'));
        expect((await two).isOk()).toBe(true);
      });
      expect(await keys(store)).toEqual(['after']);
    },
  },
  {
    name: 'of decisions on the same facts in one transaction the first wins, and the second leaves nothing',
    run: async (store) => {
      const project = await seed(store);
      const decisions = [
        await requestOf(store, project, { label: 'one' }),
        await requestOf(store, project, { label: 'two' }),
      ];
      const verdicts = await commit(store, (tx) =>
        Promise.all(
          decisions.map(async (decision) => {
            const written = await store.repository.savepoint(
              tx,
              (inner) => writeDecision(store, inner, decision),
              PATIENT,
            );
            if (written.isOk()) return written.value;
            if (written.error === 'lost_race') throw new Error('nobody else is there to race with');
            return written.error;
          }),
        ),
      );
      expectOneWinner(verdicts);
      expect((await store.libraryRows()).bindings).toMatchObject([{ id: decisions[0]?.bindingId }]);
    },
  },
  {
    name: 'an err gives back the locks that were taken in it, while the transaction is still open',
    concurrent: true,
    run: async (store) => {
      const decision = await requestOf(store, await seed(store));
      await commit(store, async (tx) => {
        await store.repository.savepoint(
          tx,
          async (inner) => {
            expect(await store.repository.save(inner, [decision])).toEqual(['ok']);
            expect(await save(store, decision)).toEqual(['busy']);
            return err('undone');
          },
          PATIENT,
        );
        expect(await save(store, decision), 'somebody else can have it').toEqual(['ok']);
      });
    },
  },
  {
    name: 'an ok keeps its locks until the transaction ends',
    concurrent: true,
    run: async (store) => {
      const decision = await requestOf(store, await seed(store));
      await commit(store, async (tx) => {
        await store.repository.savepoint(tx, (inner) => writeDecision(store, inner, decision), PATIENT);
        expect(await save(store, decision)).toEqual(['busy']);
      });
      expect(await save(store, decision)).toEqual(['stale']);
    },
  },
  {
    name: 'whoever waits for what it holds goes on when it is undone, while the transaction is still open',
    concurrent: true,
    run: async (store) => {
      const waiting: Promise<void>[] = [];
      await commit(store, async (tx) => {
        await store.repository.savepoint(
          tx,
          async (inner) => {
            await store.queue.enqueue(inner, [within]);
            waiting.push(commit(store, (other) => store.queue.enqueue(other, [within])));
            await store.passTime(SHORT_MS);
            return err('undone');
          },
          PATIENT,
        );
        await Promise.all(waiting);
        expect(await keys(store), 'they have it').toEqual(['within']);
      });
    },
  },
  {
    name: 'what another open transaction holds is a lost race when the wait is over, and the transaction goes on',
    concurrent: true,
    run: async (store) => {
      await commit(store, async (holder) => {
        await store.queue.enqueue(holder, [within]);
        await commit(store, async (tx) => {
          await store.queue.enqueue(tx, [before]);
          const lost = await store.repository.savepoint(tx, (inner) => add(store, inner, within), {
            waitMs: SHORT_MS,
          });
          expect(lost).toEqual(err('lost_race'));
          await store.queue.enqueue(tx, [after]);
        });
        expect(await keys(store), 'the first is still open').toEqual(['after', 'before']);
      });
      expect(await keys(store)).toEqual(['after', 'before', 'within']);
    },
  },
  {
    name: 'what another transaction holds and gives up in time is had',
    concurrent: true,
    run: async (store) => {
      const waiting: Promise<Result<unknown, unknown>>[] = [];
      await store.repository.transaction(async (holder) => {
        await store.queue.enqueue(holder, [within]);
        waiting.push(
          commit(store, (tx) =>
            store.repository.savepoint(tx, (inner) => add(store, inner, within), PATIENT),
          ),
        );
        await store.passTime(SHORT_MS);
        return err('rolled back');
      });
      const [had] = await Promise.all(waiting);
      expect(had?.isOk()).toBe(true);
      expect(await keys(store)).toEqual(['within']);
    },
  },
  {
    name: 'its end is the end of the transaction that it was given, and not of the one around it',
    run: async (store) => {
      await commit(store, async (tx) => {
        const kept: (typeof tx)[] = [];
        await store.repository.savepoint(
          tx,
          async (inner) => {
            kept.push(inner);
            return ok(undefined);
          },
          PATIENT,
        );
        for (const inner of kept)
          await expect(store.queue.enqueue(inner, [within])).rejects.toThrow('is over');
        expect(kept).toHaveLength(1);
        await store.queue.enqueue(tx, [after]);
      });
      expect(await keys(store)).toEqual(['after']);
    },
  },
  {
    name: 'facts are read in the transaction: what it wrote itself is seen there, and by nobody else',
    run: async (store) => {
      const project = await seed(store);
      const decision = await requestOf(store, project, { idempotencyKey: 'key' });
      const query = {
        ...aboutVersion(project.tenantId, project.versionId),
        idempotency: { operation: 'request_build', key: 'key' },
      };
      const undone = await store.repository.transaction(async (tx) => {
        const [earlier] = await store.repository.loadRequests([query], { tx });
        expect(earlier).toMatchObject({ storedAnswer: null, candidates: [{ binding: null }] });
        expect(await store.repository.save(tx, [decision])).toEqual(['ok']);
        const [facts] = await store.repository.loadRequests([query], { tx });
        expect(facts).toMatchObject({
          storedAnswer: { bodyHash: decision.idempotency?.bodyHash },
          candidates: [
            { binding: { id: decision.bindingId }, automationVersion: { status: 'Build in Progress' } },
          ],
        });
        return err('rolled back');
      });
      expect(undone.isErr()).toBe(true);
      const [later] = await store.repository.loadRequests([query]);
      expect(later).toMatchObject({ storedAnswer: null, candidates: [{ binding: null }] });
    },
  },
  {
    name: 'a wait in the transaction is not for what it holds itself',
    run: async (store) => {
      const project = await seed(store);
      const decision = await requestOf(store, project);
      const query = aboutVersion(project.tenantId, project.versionId);
      await commit(store, async (tx) => {
        expect(await store.repository.save(tx, [decision])).toEqual(['ok']);
        const [facts] = await store.repository.loadRequests([query], { tx, waitMs: LONG_MS });
        expect(facts?.candidates).toMatchObject([{ binding: { id: decision.bindingId } }]);
      });
    },
  },
  {
    name: 'a wait in the transaction is for what others hold; run out, it spoils nothing and the facts are read',
    concurrent: true,
    run: async (store) => {
      const project = await seed(store);
      const query = aboutVersion(project.tenantId, project.versionId);
      const { release } = await store.host.lock('projects', project.projectId);
      await commit(store, async (tx) => {
        await store.queue.enqueue(tx, [before]);
        const [facts] = await store.repository.loadRequests([query], { tx, waitMs: SHORT_MS });
        expect(facts?.candidates).toHaveLength(1);
        const waiting = watched(store.repository.loadRequests([query], { tx, waitMs: LONG_MS }));
        await store.passTime(SHORT_MS);
        const ended = waiting.isOver();
        await release();
        expect((await waiting.promise)[0]?.candidates).toHaveLength(1);
        expect(ended, 'it waits while they hold it').toBe(false);
        expect(await save(store, await requestOf(store, project)), 'the wait left no lock').toEqual(['ok']);
      });
      expect(await keys(store)).toContain('before');
    },
  },
];

async function keys<Tx>(store: StorageHarness<Tx>): Promise<unknown[]> {
  return (await store.libraryRows()).messages.map(({ key }) => key).toSorted();
}

async function add<Tx>(
  store: StorageHarness<Tx>,
  tx: Tx,
  ...messages: Parameters<StorageHarness<Tx>['queue']['enqueue']>[1]
): Promise<Result<void, never>> {
  await store.queue.enqueue(tx, messages);
  return ok(undefined);
}
