import type { Runtime } from '../runtime/runtime.js';
import { asPromise, within } from '../runtime/waiting.js';

/** Keeps callers from waiting for an engine that is unavailable. */
export interface EngineAccess {
  /** The answer; `null`: the engine is away, or believed to be. */
  readonly ask: <T extends object>(question: () => Promise<T>) => Promise<T | null>;
}

/** How long an engine is waited for. In milliseconds. */
export interface EngineAccessOptions {
  /** For an answer. */
  readonly waitMs: number;
  /** Once it is away, until it is asked again; doubled each time, up to a minute. */
  readonly restMs: number;
  /** Told when the engine is away: once, until it has answered again. */
  readonly onAway: (problem: unknown) => void;
  /** Told when it answers again. */
  readonly onBack: () => void;
  readonly runtime: Runtime;
}

const MAX_REST_MS = 60_000;

/** An engine that is away is given no more than this to show that it is back. */
const PROBE_MS = 100;

/**
 * Opens the way to an engine that may be away.
 *
 * The race: an answer may come when nobody waits for it any more. It is dropped, and says that the engine is back: a
 * client that lost its connection asks what it was asked as soon as it has another.
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

  const fail = (problem: unknown) => {
    if (rests === 0) onAway(problem);
    awayUntil = runtime.monotonicMs() + Math.min(restMs * 2 ** rests, MAX_REST_MS);
    rests += 1;
  };
  const succeed = () => {
    if (rests === 0) return;
    rests = 0;
    awayUntil = 0;
    onBack();
  };

  return {
    ask: async (question) => {
      if (runtime.monotonicMs() < awayUntil) return null;
      const patience = rests === 0 ? waitMs : Math.min(PROBE_MS, waitMs);
      // Nobody else probes meanwhile.
      if (rests > 0) awayUntil = runtime.monotonicMs() + patience;
      const answered = asPromise(question).then((answer) => {
        succeed();
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
        fail(problem);
        return null;
      }
    },
  };
}
