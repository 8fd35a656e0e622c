import type { Runtime, Timer } from '../runtime/runtime.js';

/** Something that is done again and again in the background. */
export interface RunningSweep {
  /** Begins no other; resolves when the one under way is over, which is told to come to an end. */
  readonly stop: () => Promise<void>;
}

/** What is done, and how often. */
export interface SweepOptions {
  /** Between the end of one and the beginning of the next, in milliseconds, give or take a fifth each time. */
  readonly intervalMs: number;
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Told when `run` threw; the next one comes all the same. */
  readonly onProblem: (problem: unknown) => void;
  readonly runtime: Pick<Runtime, 'setTimer' | 'random'>;
}

/**
 * Starts sweeping, the first time after one interval. Processes that started together soon sweep at different times,
 * and none has two sweeps under way.
 */
export function startSweep({ intervalMs, run, onProblem, runtime }: SweepOptions): RunningSweep {
  const stopping = new AbortController();
  let underWay: Promise<void> = Promise.resolve();
  let timer: Timer | undefined;

  const once = async () => {
    try {
      await run(stopping.signal);
    } catch (problem) {
      onProblem(problem);
    }
    schedule();
  };
  const schedule = () => {
    if (stopping.signal.aborted) return;
    timer = runtime.setTimer(intervalMs * (0.8 + 0.4 * runtime.random()), () => {
      underWay = once();
    });
  };
  schedule();

  return {
    stop: async () => {
      stopping.abort();
      timer?.clear();
      await underWay;
    },
  };
}
