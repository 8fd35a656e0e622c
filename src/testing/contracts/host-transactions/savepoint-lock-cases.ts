import { err, type Result } from 'neverthrow';
import { expect } from 'vitest';
import { writeDecision } from '../../../handlers/commit-one-by-one.js';
import { capabilityOf } from '../support/capability-of.js';
import { add, after, before, keys, PATIENT, within } from '../support/savepoint-steps.js';
import type { StorageCase } from '../support/storage-case.js';
import { commit, requestOf, SHORT_MS, save, seed } from '../support/store-steps.js';

/** What a savepoint holds until when, and how long it waits for what others hold. */
export const savepointLockCases: readonly StorageCase[] = [
  {
    name: 'an err gives back the locks that were taken in it, while the transaction is still open',
    concurrent: true,
    run: async (store) => {
      const decision = await requestOf(store, await seed(store));
      await commit(store, async (tx) => {
        await capabilityOf(store, 'hostTransactions').savepoint(
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
        await capabilityOf(store, 'hostTransactions').savepoint(
          tx,
          (inner) => writeDecision(store, inner, decision),
          PATIENT,
        );
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
        await capabilityOf(store, 'hostTransactions').savepoint(
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
          const lost = await capabilityOf(store, 'hostTransactions').savepoint(
            tx,
            (inner) => add(store, inner, within),
            {
              waitMs: SHORT_MS,
            },
          );
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
            capabilityOf(store, 'hostTransactions').savepoint(
              tx,
              (inner) => add(store, inner, within),
              PATIENT,
            ),
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
];
