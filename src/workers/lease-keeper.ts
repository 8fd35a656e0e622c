import type { LeaseReference } from '../ports/repository.js';
import type { Runtime } from '../runtime/runtime.js';
import { repeat } from '../runtime/waiting.js';

/** Keeps the leases of the builds that this process works on. */
export interface LeaseKeeper {
  /**
   * From now on the lease is extended; the signal aborts when it is lost or can no longer be kept.
   * `claimedAt` is `monotonicMs()` from before the claim was asked for.
   */
  readonly hold: (
    lease: LeaseReference,
    claimedAt: number,
  ) => { readonly signal: AbortSignal; readonly release: () => void };
  /** Aborts everything that is held, and whatever a claim that is still under way brings: the process stops. */
  readonly abortAll: (reason: string) => void;
  readonly stop: () => void;
}

/** How leases are kept. */
export interface LeaseKeeperOptions {
  /** How long a lease lasts from its claim or extension, in milliseconds. It is extended every third of that. */
  readonly leaseMs: number;
  readonly extend: (leases: readonly LeaseReference[]) => Promise<readonly boolean[]>;
  readonly onProblem: (problem: unknown) => void;
  readonly runtime: Pick<Runtime, 'monotonicMs' | 'setTimer'>;
}

interface Held {
  readonly lease: LeaseReference;
  readonly controller: AbortController;
  /** On the monotonic clock of this process, counted from before the extension was asked for: never later than the database's. */
  keptUntil: number;
}

/**
 * The race: an extension holds the rows of its builds while it runs, and an outcome that is committed meanwhile has to
 * wait and be decided again. So few are held for some milliseconds only; all of 2,000 at once sent 192 outcomes that way.
 */
const MAX_BATCH_SIZE = 64;

/**
 * Starts keeping leases, in sets of one statement each, one set after the other.
 *
 * The race: a worker whose lease has run out would write beside the next holder. The fence stops the write; this stops
 * the work, a third of the lease before its end, when the database cannot be reached to extend it.
 */
export function keepLeases({ leaseMs, extend, onProblem, runtime }: LeaseKeeperOptions): LeaseKeeper {
  const beat = leaseMs / 3;
  const held = new Set<Held>();
  let stopping: Error | null = null;

  const extendSet = async (asked: readonly Held[]) => {
    const startedAt = runtime.monotonicMs();
    try {
      const kept = await extend(asked.map((each) => each.lease));
      for (const [index, each] of asked.entries()) {
        // An extension that hung may end after a later one, and takes nothing back of what that one gained.
        if (kept[index]) each.keptUntil = Math.max(each.keptUntil, startedAt + leaseMs);
        else if (held.has(each)) each.controller.abort(new Error('The lease was lost.'));
      }
    } catch (problem) {
      onProblem(problem);
    }
  };
  const extendAll = async () => {
    const left = [...held];
    while (left.length > 0) {
      const set = left.splice(0, MAX_BATCH_SIZE).filter((each) => held.has(each));
      if (set.length > 0) await extendSet(set);
    }
  };
  const abortOverdue = () => {
    const latest = runtime.monotonicMs() + beat;
    for (const each of held) {
      if (each.keptUntil <= latest) each.controller.abort(new Error('The lease could not be extended.'));
    }
  };
  // The check has a timer of its own, so that an extension that hangs cannot keep it from being made.
  const extending = repeat(runtime, beat, () => void extendAll());
  const checking = repeat(runtime, beat / 4, abortOverdue);

  return {
    hold: (lease, claimedAt) => {
      const each: Held = { lease, controller: new AbortController(), keptUntil: claimedAt + leaseMs };
      held.add(each);
      if (stopping) each.controller.abort(stopping);
      return { signal: each.controller.signal, release: () => held.delete(each) };
    },
    abortAll: (reason) => {
      stopping = new Error(reason);
      for (const each of held) each.controller.abort(stopping);
    },
    stop: () => {
      extending.clear();
      checking.clear();
    },
  };
}
