import type { MemoryStorage } from '../../src/adapters/memory/index.js';

/**
 * The same storage, and when the answer of each call became visible: `closed_at` is when its transaction wrote it, and a
 * process that stands still may commit long after.
 */
export function withCommitTimes(
  storage: MemoryStorage,
  now: () => number,
): { readonly storage: MemoryStorage; readonly closedAt: ReadonlyMap<string, number> } {
  const closedAt = new Map<string, number>();
  const closing = new WeakMap<object, string[]>();
  const { repository } = storage;
  return {
    closedAt,
    storage: {
      ...storage,
      repository: {
        ...repository,
        save: async (tx, decisions) => {
          const verdicts = await repository.save(tx, decisions);
          const ids = decisions.flatMap(({ closeCall }, index) =>
            closeCall && verdicts[index] === 'ok' ? [closeCall.id] : [],
          );
          closing.set(tx, [...(closing.get(tx) ?? []), ...ids]);
          return verdicts;
        },
        transaction: async (work) => {
          let ids: readonly string[] = [];
          const result = await repository.transaction(async (tx) => {
            const done = await work(tx);
            ids = closing.get(tx) ?? [];
            return done;
          });
          if (result.isOk()) for (const id of ids) if (!closedAt.has(id)) closedAt.set(id, now());
          return result;
        },
      },
    },
  };
}
