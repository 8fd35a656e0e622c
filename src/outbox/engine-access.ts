import type { Runtime } from '../runtime/runtime.js';
import { asPromise, within } from '../runtime/waiting.js';

/** Keeps callers from waiting for an engine that is unavailable. */
export interface EngineAccess {
  /** The answer; `null`: the engine is away, or believed to be. */
  readonly ask: <T extends object>(question: () => Promise<T>) => Promise<T | null>;
  /** Leaves the engine alone as if it had not answered. */
  readonly leave: (problem: Error) => void;
}

/** How long an engine is waited for. In milliseconds. */
export interface EngineAccessOptions {
  /** For an answer. */
  readonly waitMs: number;
  /** Once it is away, until it is asked again; doubled each time, up to a minute. */
  readonly restMs: number;
  /** Told when the engine is away: once, until it is well again. */
  readonly onAway: (problem: unknown) => void;
  /** Told when it answers again, and is asked again. */
  readonly onBack: () => void;
  readonly runtime: Runtime;
}

const MAX_REST_MS = 60_000;

/** Nobody waits longer than this to see whether an engine that is away is back. */
const PROBE_MS = 100;

/**
 * Opens the way to an engine that may be away. One that answers after `waitMs` is away too: claims would wait for it each
 * time.
 *
 * It is used again from its first answer in time on. It counts as well only once it has been so for as long as it was left
 * alone last, so that an engine that is slow now and then is told of once and left alone longer each time.
 *
 * The race: an answer may come when nobody waits for it any more. It is dropped.
 */
export function openEngineAccess({
  waitMs,
  restMs,
  onAway,
  onBack,
  runtime,
}: EngineAccessOptions): EngineAccess {
  let rests = 0;
  let awayUntil = 0;
  let failedAt = 0;
  /** `null`: it is away, or never was. */
  let backSince: number | null = null;
  const restOf = (times: number) => Math.min(restMs * 2 ** times, MAX_REST_MS);

  const fail = (problem: unknown, askedAt: number) => {
    // Those that asked before it failed last waited for the same answer.
    if (rests > 0 && askedAt < failedAt) return;
    if (rests === 0) onAway(problem);
    failedAt = runtime.monotonicMs();
    awayUntil = failedAt + restOf(rests);
    backSince = null;
    rests += 1;
  };
  const succeed = (askedAt: number) => {
    const now = runtime.monotonicMs();
    if (rests === 0 || now - askedAt > waitMs) return;
    if (backSince === null) {
      backSince = now;
      awayUntil = 0;
      onBack();
    } else if (now - backSince >= restOf(rests - 1)) {
      rests = 0;
      backSince = null;
    }
  };

  return {
    leave: (problem) => fail(problem, runtime.monotonicMs()),
    ask: async (question) => {
      const askedAt = runtime.monotonicMs();
      if (askedAt < awayUntil) return null;
      const isAway = rests > 0 && backSince === null;
      const patience = isAway ? Math.min(PROBE_MS, waitMs) : waitMs;
      // Nobody else probes meanwhile.
      if (isAway) awayUntil = askedAt + patience;
      const answered = asPromise(question).then((answer) => {
        succeed(askedAt);
        return answer;
      });
      try {
        return await within(
          runtime,
          patience,
          answered,
          () => new Error(`It did not answer within ${patience} ms.`),
        );
      } catch (problem) {
        fail(problem, askedAt);
        return null;
      }
    },
  };
}
