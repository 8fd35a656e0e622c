import type { LeaseReference } from '../ports/repository.js';
import type { Runtime } from '../runtime/runtime.js';
import { repeat } from '../runtime/waiting.js';

/** A moment on both clocks of this process. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallClockMs: number;
}

/** A lease that is being kept. */
interface HeldLease {
  /** Aborts when the lease is lost or can no longer be kept, or when the process stops. */
  readonly signal: AbortSignal;
  /** Whether enough of the lease is left to begin something that must not happen after its end. */
  readonly mayBegin: () => boolean;
  readonly release: () => void;
}

/** Keeps the leases of the builds that this process works on. */
export interface LeaseKeeper {
  /** From now on the lease is extended. `claimedAt` is from before the claim was asked for. */
  readonly hold: (lease: LeaseReference, claimedAt: Moment) => HeldLease;
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
  readonly runtime: Pick<Runtime, 'monotonicMs' | 'wallClockMs' | 'setTimer'>;
}

interface Held {
  readonly lease: LeaseReference;
  readonly controller: AbortController;
  /** From before its claim or its last extension was asked for: it never ends later at the database than counted from here. */
  keptSince: Moment;
}

/**
 * The race: an extension holds the rows of its builds while it runs, and an outcome that is committed meanwhile has to
 * wait and be decided again. So few are held for some milliseconds only; all of 2,000 at once sent 192 outcomes that way.
 */
const MAX_BATCH_SIZE = 64;

/**
 * Starts keeping leases, in batches of one statement each, one after the other.
 *
 * The race: a worker whose lease has run out would write beside the next holder, and call WRK beside it. The fence stops the
 * write; this stops the work, a third of the lease before its end, when the database cannot be reached to extend it. A process
 * that stood still learns of it from its timers only later, so `mayBegin` is asked before each request to WRK.
 */
export function keepLeases({ leaseMs, extend, onProblem, runtime }: LeaseKeeperOptions): LeaseKeeper {
  const beat = leaseMs / 3;
  const held = new Set<Held>();
  let stopping: Error | null = null;

  // A suspended machine may stop the monotonic clock, and a clock that is set moves the wall clock: the larger of the two counts.
  const heldFor = ({ keptSince }: Held) =>
    Math.max(runtime.monotonicMs() - keptSince.monotonicMs, runtime.wallClockMs() - keptSince.wallClockMs);
  const mayBegin = (each: Held) => heldFor(each) < leaseMs - beat;

  const extendSet = async (asked: readonly Held[]) => {
    const startedAt = momentOf(runtime);
    try {
      const kept = await extend(asked.map((each) => each.lease));
      for (const [index, each] of asked.entries()) {
        // An extension that hung may end after a later one, and takes nothing back of what that one gained.
        if (kept[index]) each.keptSince = later(each.keptSince, startedAt);
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
    // By the monotonic clock alone: a clock that is set must not end calls that are under way.
    const oldest = runtime.monotonicMs() - (leaseMs - beat);
    for (const each of held) {
      if (each.keptSince.monotonicMs <= oldest)
        each.controller.abort(new Error('The lease could not be extended.'));
    }
  };
  // The check has a timer of its own, so that an extension that hangs cannot keep it from being made.
  const extending = repeat(runtime, beat, () => void extendAll());
  const checking = repeat(runtime, beat / 4, abortOverdue);

  return {
    hold: (lease, claimedAt) => {
      const each: Held = { lease, controller: new AbortController(), keptSince: claimedAt };
      held.add(each);
      if (stopping) each.controller.abort(stopping);
      const { signal } = each.controller;
      return {
        signal,
        mayBegin: () => !signal.aborted && mayBegin(each),
        release: () => held.delete(each),
      };
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

/** This moment on both clocks. */
export function momentOf({ monotonicMs, wallClockMs }: Pick<Runtime, 'monotonicMs' | 'wallClockMs'>): Moment {
  return { monotonicMs: monotonicMs(), wallClockMs: wallClockMs() };
}

const later = (one: Moment, other: Moment) => (other.monotonicMs > one.monotonicMs ? other : one);
