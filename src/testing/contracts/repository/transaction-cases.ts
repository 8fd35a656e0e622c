import { err, ok } from 'neverthrow';
import { expect } from 'vitest';
import type { BuildDecision } from '../../../core/build/decision.js';
import type { StorageHarness } from '../../storage-harness.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** A transaction is all or nothing, over repository, queue and audit log. */
export const transactionCases: readonly StorageCase[] = [
  {
    name: 'a returned err rolls back everything that was written before it',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store), { idempotencyKey: 'key' });
      const result = await then.nothingChanges(store, () =>
        store.repository.transaction(async (tx) => {
          await writeAll(store, tx, decision);
          return err('changed my mind');
        }),
      );
      expect(result._unsafeUnwrapErr()).toBe('changed my mind');
      expect(await when.save(store, decision), 'the same decision is still good').toEqual(['ok']);
    },
  },
  {
    name: 'a throw rolls back everything that was written before it and comes out as it was thrown',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store), { idempotencyKey: 'key' });
      const mistake = new Error('a mistake');
      await then.nothingChanges(store, () =>
        expect(
          store.repository.transaction(async (tx) => {
            await writeAll(store, tx, decision);
            throw mistake;
          }),
        ).rejects.toBe(mistake),
      );
      expect(await when.save(store, decision), 'the same decision is still good').toEqual(['ok']);
    },
  },
  {
    name: 'a failure that is kept quiet is no commit: it comes out all the same, and nothing is written',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store), { idempotencyKey: 'key' });
      const unstorable = { ...decision, messages: decision.messages.map((each) => ({ ...each, key: '\0' })) };
      await then.nothingChanges(store, () =>
        expect(
          store.repository.transaction(async (tx) => {
            await writeAll(store, tx, decision);
            await store.queue.enqueue(tx, unstorable.messages).catch(() => {});
            return ok('as if nothing had been');
          }),
        ).rejects.toThrow(),
      );
      expect(await when.save(store, decision), 'the same decision is still good').toEqual(['ok']);
    },
  },
  {
    name: 'an ok commits what was written, all of it, and its value comes back',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store), { idempotencyKey: 'key' });
      const result = await store.repository.transaction(async (tx) => {
        await writeAll(store, tx, decision);
        return ok({ id: decision.id });
      });
      expect(result._unsafeUnwrap()).toEqual({ id: decision.id });
      const { bindings, messages, audit, answers } = await store.libraryRows();
      expect([bindings.length, messages.length, audit.length, answers.length]).toEqual([1, 2, 1, 1]);
    },
  },
  {
    name: 'nothing that is written is seen by anybody else before it commits',
    concurrent: true,
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store), { idempotencyKey: 'key' });
      await store.repository.transaction(async (tx) => {
        await then.nothingChanges(store, () => writeAll(store, tx, decision));
        expect(await store.repository.loadBuilds([decision])).toEqual([null]);
        return ok(undefined);
      });
      expect(await store.repository.loadBuilds([decision])).toEqual([expect.objectContaining({ calls: [] })]);
    },
  },
];

async function writeAll<Tx>(store: StorageHarness<Tx>, tx: Tx, decision: BuildDecision): Promise<void> {
  expect(await store.repository.save(tx, [decision])).toEqual(['ok']);
  await store.queue.enqueue(tx, decision.messages);
  if (decision.audit) await store.auditLog.append(tx, [decision.audit]);
}
