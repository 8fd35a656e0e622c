import { err, type Result } from 'neverthrow';
import { expect } from 'vitest';
import { writeDecision } from '../../../handlers/commit-one-by-one.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** What a savepoint holds until when, and how long it waits for what others hold. */
export const savepointLockCases: readonly StorageCase[] = [
  {
    name: 'an err gives back the locks that were taken in it, while the transaction is still open',
    concurrent: true,
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store));
      await when.commit(store, async (tx) => {
        await capabilityOf(store, 'hostTransactions').savepoint(
          tx,
          async (inner) => {
            expect(await store.repository.save(inner, [decision])).toEqual(['ok']);
            expect(await when.save(store, decision)).toEqual(['busy']);
            return err('undone');
          },
          when.PATIENT,
        );
        expect(await when.save(store, decision), 'somebody else can have it').toEqual(['ok']);
      });
    },
  },
  {
    name: 'an ok keeps its locks until the transaction ends',
    concurrent: true,
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store));
      await when.commit(store, async (tx) => {
        await capabilityOf(store, 'hostTransactions').savepoint(
          tx,
          (inner) => writeDecision(store, inner, decision),
          when.PATIENT,
        );
        expect(await when.save(store, decision)).toEqual(['busy']);
      });
      expect(await when.save(store, decision)).toEqual(['stale']);
    },
  },
  {
    name: 'whoever waits for what it holds goes on when it is undone, while the transaction is still open',
    concurrent: true,
    run: async (store) => {
      const waiting: Promise<void>[] = [];
      await when.commit(store, async (tx) => {
        await capabilityOf(store, 'hostTransactions').savepoint(
          tx,
          async (inner) => {
            await store.queue.enqueue(inner, [given.WITHIN]);
            waiting.push(when.commit(store, (other) => store.queue.enqueue(other, [given.WITHIN])));
            await store.passTime(when.SHORT_MS);
            return err('undone');
          },
          when.PATIENT,
        );
        await Promise.all(waiting);
        expect(await then.messageKeys(store), 'they have it').toEqual(['within']);
      });
    },
  },
  {
    name: 'what another open transaction holds is a lost race when the wait is over, and the transaction goes on',
    concurrent: true,
    run: async (store) => {
      await when.commit(store, async (holder) => {
        await store.queue.enqueue(holder, [given.WITHIN]);
        await when.commit(store, async (tx) => {
          await store.queue.enqueue(tx, [given.BEFORE]);
          const lost = await capabilityOf(store, 'hostTransactions').savepoint(
            tx,
            (inner) => when.add(store, inner, given.WITHIN),
            {
              waitMs: when.SHORT_MS,
            },
          );
          expect(lost).toEqual(err('lost_race'));
          await store.queue.enqueue(tx, [given.AFTER]);
        });
        expect(await then.messageKeys(store), 'the first is still open').toEqual(['after', 'before']);
      });
      expect(await then.messageKeys(store)).toEqual(['after', 'before', 'within']);
    },
  },
  {
    name: 'what another transaction holds and gives up in time is had',
    concurrent: true,
    run: async (store) => {
      const waiting: Promise<Result<unknown, unknown>>[] = [];
      await store.repository.transaction(async (holder) => {
        await store.queue.enqueue(holder, [given.WITHIN]);
        waiting.push(
          when.commit(store, (tx) =>
            capabilityOf(store, 'hostTransactions').savepoint(
              tx,
              (inner) => when.add(store, inner, given.WITHIN),
              when.PATIENT,
            ),
          ),
        );
        await store.passTime(when.SHORT_MS);
        return err('rolled back');
      });
      const [had] = await Promise.all(waiting);
      expect(had?.isOk()).toBe(true);
      expect(await then.messageKeys(store)).toEqual(['within']);
    },
  },
];
