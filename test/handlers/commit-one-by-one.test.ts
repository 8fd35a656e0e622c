import { describe, expect, it } from 'vitest';
import { commitOneByOne } from '../../src/handlers/commit-one-by-one.js';
import * as given from '../../src/testing/contracts/support/given.js';
import * as then from '../../src/testing/contracts/support/then.js';
import { openMemory } from '../adapters/memory/open-memory.js';

/** An empty store, and decisions on projects of these names. */
async function openDecided(...names: readonly string[]) {
  const store = openMemory();
  const decisions = await Promise.all(
    names.map(async (name) =>
      given.acceptance(store, await given.project(store, { name }), { idempotencyKey: name }),
    ),
  );
  return { store, decisions };
}

const counts = async (store: ReturnType<typeof openMemory>) => {
  const { bindings, messages, audit, answers } = await store.libraryRows();
  return [bindings.length, messages.length, audit.length, answers.length];
};

describe('decisions that are committed through the ports', () => {
  it('leave their rows, their messages, their audit entry and their answer', async () => {
    const { store, decisions } = await openDecided('a', 'b');
    expect(await commitOneByOne(store)(decisions)).toEqual(['ok', 'ok']);
    expect(await counts(store)).toEqual([2, 4, 2, 2]);
  });

  it.each(['audit log', 'queue'] as const)(
    'leave nothing when the %s fails, and take no other down',
    async (port) => {
      const { store, decisions } = await openDecided('a', 'b', 'c');
      const [, b] = decisions;
      const broken = new Error(`the ${port} is broken`);
      const breakFor = (what: readonly object[]) => {
        const text = JSON.stringify(what);
        if (text.includes(`${b?.bindingId}`) || text.includes(`${b?.automationVersionId}`)) throw broken;
      };
      const commit = commitOneByOne({
        repository: store.repository,
        queue: {
          ...store.queue,
          enqueue: async (tx, messages) => {
            if (port === 'queue') breakFor(messages);
            await store.queue.enqueue(tx, messages);
          },
        },
        auditLog: {
          ...store.auditLog,
          append: async (tx, entries) => {
            if (port === 'audit log') breakFor(entries);
            await store.auditLog.append(tx, entries);
          },
        },
      });
      expect(await commit(decisions)).toEqual(['ok', broken, 'ok']);
      expect(await counts(store)).toEqual([2, 4, 2, 2]);
      expect(await commitOneByOne(store)(b ? [b] : []), 'and can be committed later').toEqual(['ok']);
    },
  );

  it('answer with their verdict when they are not written, and leave nothing', async () => {
    const { store, decisions } = await openDecided('a');
    await store.host.update('projects', `${decisions[0]?.guard.project?.id}`, { name: 'Moved on' });
    expect(await then.nothingChanges(store, () => commitOneByOne(store)(decisions))).toEqual(['stale']);
  });

  it('have an answer each, in their order, and none is asked for where there are none', async () => {
    const { store, decisions } = await openDecided('a', 'b', 'c');
    const [a, b, c] = decisions;
    if (!a || !b || !c) throw new Error('three were decided');
    const twin = { ...b, id: c.id, idempotency: a.idempotency };
    expect(await commitOneByOne(store)([a, twin, b, b, c])).toEqual(['ok', 'key_taken', 'ok', 'stale', 'ok']);
    expect(await commitOneByOne(store)([])).toEqual([]);
  });

  it('fail with an error even if something else was thrown', async () => {
    const { store, decisions } = await openDecided('a');
    const append = () => Promise.reject('no error at all');
    const commit = commitOneByOne({ ...store, auditLog: { ...store.auditLog, append } });
    const [answer] = await commit(decisions);
    expect(answer).toBeInstanceOf(Error);
    expect(String(answer)).toContain('no error at all');
  });
});
