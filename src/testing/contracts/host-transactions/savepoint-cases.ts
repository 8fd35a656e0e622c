import { err, ok } from 'neverthrow';
import { expect } from 'vitest';
import { writeDecision } from '../../../handlers/commit-one-by-one.js';
import { outgoingNotification } from '../../builders.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** No store takes it: there is no such time. */
const unstorable = { ...outgoingNotification('unstorable'), delayMs: Number.NaN };

/** Work inside a transaction that can be undone by itself, and never spoils it. */
export const savepointCases: readonly StorageCase[] = [
  {
    name: 'an ok is kept when the transaction commits, and its value comes back',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store), { idempotencyKey: 'key' });
      const result = await when.commit(store, (tx) =>
        capabilityOf(store, 'hostTransactions').savepoint(
          tx,
          (inner) => writeDecision(store, inner, decision),
          when.PATIENT,
        ),
      );
      expect(result).toEqual(ok('ok'));
      const { bindings, messages, audit, answers } = await store.libraryRows();
      expect([bindings.length, messages.length, audit.length, answers.length]).toEqual([1, 2, 1, 1]);
    },
  },
  {
    name: 'an ok is gone when the transaction rolls back',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store), { idempotencyKey: 'key' });
      await then.nothingChanges(store, () =>
        store.repository.transaction(async (tx) => {
          await capabilityOf(store, 'hostTransactions').savepoint(
            tx,
            (inner) => writeDecision(store, inner, decision),
            when.PATIENT,
          );
          return err('rolled back');
        }),
      );
    },
  },
  {
    name: 'an err undoes all that was written in it and nothing that was written before, and the transaction goes on',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store), { idempotencyKey: 'key' });
      const result = await when.commit(store, async (tx) => {
        await store.queue.enqueue(tx, [given.BEFORE]);
        const undone = await capabilityOf(store, 'hostTransactions').savepoint(
          tx,
          async (inner) => {
            expect((await writeDecision(store, inner, decision)).isOk()).toBe(true);
            return err('changed my mind');
          },
          when.PATIENT,
        );
        await store.queue.enqueue(tx, [given.AFTER]);
        return undone;
      });
      expect(result).toEqual(err('changed my mind'));
      const { bindings, messages, audit, answers } = await store.libraryRows();
      expect([bindings.length, audit.length, answers.length]).toEqual([0, 0, 0]);
      expect(messages.map(({ key }) => key)).toEqual(['after', 'before']);
      expect(await when.save(store, decision), 'the same decision is still good').toEqual(['ok']);
    },
  },
  {
    name: 'a throw undoes what was written in it, comes out as it was thrown, and the transaction goes on',
    run: async (store) => {
      const mistake = new Error('a mistake');
      await when.commit(store, async (tx) => {
        await store.queue.enqueue(tx, [given.BEFORE]);
        const undone = capabilityOf(store, 'hostTransactions').savepoint(
          tx,
          async (inner) => {
            await store.queue.enqueue(inner, [given.WITHIN]);
            throw mistake;
          },
          when.PATIENT,
        );
        await expect(undone).rejects.toBe(mistake);
        await store.queue.enqueue(tx, [given.AFTER]);
      });
      expect(await then.messageKeys(store)).toEqual(['after', 'before']);
    },
  },
  {
    name: 'what the store refuses in it does not spoil the transaction',
    run: async (store) => {
      await when.commit(store, async (tx) => {
        await expect(
          capabilityOf(store, 'hostTransactions').savepoint(
            tx,
            (inner) => when.add(store, inner, given.WITHIN, unstorable),
            when.PATIENT,
          ),
        ).rejects.toThrow();
        await store.queue.enqueue(tx, [given.AFTER]);
      });
      expect(await then.messageKeys(store)).toEqual(['after']);
    },
  },
  {
    name: 'what the store refused in it comes out even if the error was swallowed, and undoes the rest',
    run: async (store) => {
      let refused: unknown;
      await when.commit(store, async (tx) => {
        const swallowing = capabilityOf(store, 'hostTransactions').savepoint(
          tx,
          async (inner) => {
            await store.queue.enqueue(inner, [given.WITHIN]);
            await store.queue.enqueue(inner, [unstorable]).catch((problem: unknown) => {
              refused = problem;
            });
            return ok(undefined);
          },
          when.PATIENT,
        );
        await swallowing.then(
          () => expect.unreachable('nothing of it can be kept'),
          (problem: unknown) => expect(problem).toBe(refused),
        );
        await store.queue.enqueue(tx, [given.AFTER]);
      });
      expect(refused).toBeInstanceOf(Error);
      expect(await then.messageKeys(store)).toEqual(['after']);
    },
  },
  {
    name: 'one inside another is undone by itself, or with the other',
    run: async (store) => {
      const { savepoint } = capabilityOf(store, 'hostTransactions');
      await when.commit(store, async (tx) => {
        const kept = await savepoint(
          tx,
          async (outer) => {
            await store.queue.enqueue(outer, [given.BEFORE]);
            const undone = await savepoint(
              outer,
              async (inner) => {
                await store.queue.enqueue(inner, [given.WITHIN]);
                return err('the inner one');
              },
              when.PATIENT,
            );
            expect(undone).toEqual(err('the inner one'));
            return ok(undefined);
          },
          when.PATIENT,
        );
        expect(kept.isOk()).toBe(true);
        const undone = await savepoint(
          tx,
          async (outer) => {
            await savepoint(outer, (inner) => when.add(store, inner, given.AFTER), when.PATIENT);
            return err('the outer one');
          },
          when.PATIENT,
        );
        expect(undone).toEqual(err('the outer one'));
      });
      expect(await then.messageKeys(store)).toEqual(['before']);
    },
  },
  {
    name: ':two at once in one transaction run one after the other:: what one undoes takes nothing of the other along',
    run: async (store) => {
      const { savepoint } = capabilityOf(store, 'hostTransactions');
      await when.commit(store, async (tx) => {
        const one = savepoint(
          tx,
          async (inner) => {
            await store.queue.enqueue(inner, [given.WITHIN]);
            await store.passTime(when.SHORT_MS);
            return err('undone');
          },
          when.PATIENT,
        );
        const two = savepoint(tx, (inner) => when.add(store, inner, given.AFTER), when.PATIENT);
        expect(await one).toEqual(err('undone'));
        expect((await two).isOk()).toBe(true);
      });
      expect(await then.messageKeys(store)).toEqual(['after']);
    },
  },
  {
    name: 'of decisions on the same facts in one transaction the first wins, and the second leaves nothing',
    run: async (store) => {
      const project = await given.project(store);
      const decisions = [
        await given.acceptance(store, project, { label: 'one' }),
        await given.acceptance(store, project, { label: 'two' }),
      ];
      const verdicts = await when.commit(store, (tx) =>
        Promise.all(
          decisions.map(async (decision) => {
            const written = await capabilityOf(store, 'hostTransactions').savepoint(
              tx,
              (inner) => writeDecision(store, inner, decision),
              when.PATIENT,
            );
            if (written.isOk()) return written.value;
            if (written.error === 'lost_race') throw new Error('nobody else is there to race with');
            return written.error;
          }),
        ),
      );
      then.oneWins(verdicts);
      expect((await store.libraryRows()).bindings).toMatchObject([{ id: decisions[0]?.bindingId }]);
    },
  },
  {
    name: 'its end is the end of the transaction that it was given, and not of the one around it',
    run: async (store) => {
      await when.commit(store, async (tx) => {
        const kept: (typeof tx)[] = [];
        await capabilityOf(store, 'hostTransactions').savepoint(
          tx,
          async (inner) => {
            kept.push(inner);
            return ok(undefined);
          },
          when.PATIENT,
        );
        for (const inner of kept)
          await expect(store.queue.enqueue(inner, [given.WITHIN])).rejects.toThrow('transaction has ended');
        expect(kept).toHaveLength(1);
        await store.queue.enqueue(tx, [given.AFTER]);
      });
      expect(await then.messageKeys(store)).toEqual(['after']);
    },
  },
];
