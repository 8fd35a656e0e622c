import { err, ok } from 'neverthrow';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { MemoryTx } from 'wrk-builds/memory';
import type { AuditLog } from '../../../src/ports/audit-log.js';
import type { Queue } from '../../../src/ports/queue.js';
import type { Repository } from '../../../src/ports/repository.js';
import { outgoingNotification } from '../../../src/testing/builders.js';
import * as given from '../../../src/testing/contracts/support/given.js';
import * as then from '../../../src/testing/contracts/support/then.js';
import * as when from '../../../src/testing/contracts/support/when.js';
import { openMemory, settle } from './open-memory.js';

const a = outgoingNotification('a');
const b = outgoingNotification('b');

describe('a transaction of the memory store', () => {
  it('sees its own writes: a second decision on the same facts is stale', async () => {
    const store = openMemory();
    const decision = await given.acceptance(store, await given.project(store));
    await when.commit(store, async (tx) => {
      expect(await store.repository.save(tx, [decision])).toEqual(['ok']);
      expect(await store.repository.save(tx, [decision])).toEqual(['stale']);
    });
  });

  it.each([
    ['committed', () => Promise.resolve(ok(undefined))],
    ['was rolled back by an err', () => Promise.resolve(err('no'))],
    ['was rolled back by a throw', () => Promise.reject(new Error('no'))],
  ])('refuses every use once it %s', async (_, end) => {
    const store = openMemory();
    const decision = await given.acceptance(store, await given.project(store));
    const kept: MemoryTx[] = [];
    await store.repository
      .transaction(async (tx) => {
        kept.push(tx);
        return end();
      })
      .catch(() => undefined);
    const [tx] = kept;
    if (!tx) throw new Error('the work never ran');
    await then.nothingChanges(store, async () => {
      await expect(store.repository.save(tx, [decision])).rejects.toThrow('This transaction has ended');
      await expect(store.queue.enqueue(tx, [a])).rejects.toThrow('This transaction has ended');
      await expect(store.auditLog.append(tx, [])).rejects.toThrow('This transaction has ended');
    });
  });

  it('is refused by the ports of another store', async () => {
    const [one, other] = [openMemory(), openMemory()];
    expect(one.repository.database).not.toBe(other.repository.database);
    await when.commit(one, async (tx) => {
      await expect(other.queue.enqueue(tx, [a])).rejects.toThrow('belongs to another store');
      await expect(other.repository.save(tx, [])).rejects.toThrow('belongs to another store');
      await expect(other.auditLog.append(tx, [])).rejects.toThrow('belongs to another store');
    });
  });

  it('cannot be given to the ports of another family, by its type', () => {
    interface OtherTx {
      readonly other: true;
    }
    const store = openMemory();
    expectTypeOf(store.repository).not.toExtend<Repository<OtherTx>>();
    expectTypeOf(store.queue).not.toExtend<Queue<OtherTx>>();
    expectTypeOf(store.auditLog).not.toExtend<AuditLog<OtherTx>>();
    expectTypeOf<OtherTx>().not.toExtend<MemoryTx>();
    expectTypeOf<{ readonly [key: symbol]: true }>().not.toExtend<MemoryTx>();
    expect(new Set([store.repository.database, store.queue.database, store.auditLog.database]).size).toBe(1);
  });

  it('cannot commit once a step of it has failed, even if the error was swallowed', async () => {
    const store = openMemory();
    const broken = { ...a, delayMs: Number.NaN };
    await then.nothingChanges(store, async () => {
      const outcome = store.repository.transaction(async (tx) => {
        await store.queue.enqueue(tx, [b]);
        await store.queue.enqueue(tx, [broken]).catch(() => undefined);
        await expect(store.queue.enqueue(tx, [a])).rejects.toThrow('can only roll back');
        return ok(undefined);
      });
      await expect(outcome).rejects.toThrow('a number must be finite');
    });
    await when.commit(store, (tx) => store.queue.enqueue(tx, [a]));
  });

  it('takes no locks any more when a step that nobody awaited gets on after its end', async () => {
    const store = openMemory();
    let straggler: Promise<void> = Promise.resolve();
    await when.commit(store, async (first) => {
      await store.queue.enqueue(first, [a]);
      await when.commit(store, async (second) => {
        straggler = store.queue.enqueue(second, [a]);
        straggler.catch(() => undefined);
      });
    });
    await expect(straggler).rejects.toThrow('This transaction has ended');
    await when.commit(store, (tx) => store.queue.enqueue(tx, [a]));
  });
});

describe('two transactions of the memory store', () => {
  it('run one of them again when each waits for the other, and both succeed', async () => {
    const store = openMemory();
    let goes = 0;
    const work = (first: typeof a, second: typeof a) =>
      store.repository.transaction(async (tx) => {
        goes += 1;
        await store.queue.enqueue(tx, [first]);
        await settle();
        await store.queue.enqueue(tx, [second]);
        return ok(undefined);
      });
    await Promise.all([work(a, b), work(b, a)]);
    expect(goes).toBe(3);
    expect((await store.libraryRows()).messages).toHaveLength(2);
  });

  it('do not wait for each other when both add the same keys in one call, in whatever order', async () => {
    const store = openMemory();
    let goes = 0;
    const work = (...messages: (typeof a)[]) =>
      store.repository.transaction(async (tx) => {
        goes += 1;
        await store.queue.enqueue(tx, messages);
        await settle();
        return ok(undefined);
      });
    await Promise.all([work(a, b), work(b, a)]);
    expect(goes).toBe(2);
    expect((await store.libraryRows()).messages).toHaveLength(2);
  });

  it('give up with an error when they wait for each other every time', async () => {
    const store = openMemory();
    let goes = 0;
    const cycles: Promise<void>[] = [];
    await when.commit(store, async (holder) => {
      await store.queue.enqueue(holder, [a]);
      const unlucky = store.repository.transaction(async (tx) => {
        goes += 1;
        const mine = outgoingNotification(`of go ${goes}`);
        await store.queue.enqueue(tx, [mine]);
        cycles.push(store.queue.enqueue(holder, [mine]));
        await store.queue.enqueue(tx, [a]);
        return ok(undefined);
      });
      await expect(unlucky).rejects.toThrow('wait for each other');
      await Promise.all(cycles);
    });
    expect((await store.libraryRows()).messages, "all of them the holder's").toHaveLength(4);
    expect(goes).toBe(3);
  });
});
