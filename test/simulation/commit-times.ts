import type { MemoryStorage } from '../../src/adapters/memory/index.js';
import type { Store } from '../../src/adapters/memory/store.js';

/**
 * The same storage, and when the answer of each call became visible: `closed_at` is when its transaction wrote it, and a
 * process that stands still may commit long after.
 */
export function withCommitTimes(
  storage: MemoryStorage,
  store: Store,
  now: () => number,
): { readonly storage: MemoryStorage; readonly closedAt: ReadonlyMap<string, number> } {
  const closedAt = new Map<string, number>();
  const outcomes = new Map<string, string | null | undefined>();
  /** A closed call keeps its answer, unless a workflow turns up where it was unknown. */
  const note = (id: string) => {
    const outcome = store.committed.get('calls', id)?.row.outcome;
    if (outcomes.get(id) === outcome) return;
    outcomes.set(id, outcome);
    closedAt.set(id, now());
  };
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
          if (result.isOk()) ids.forEach(note);
          return result;
        },
      },
    },
  };
}
