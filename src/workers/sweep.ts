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
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * Starts sweeping, the first time after one interval. Processes that started together soon sweep at different times,
 * and none has two sweeps under way.
 */
export function startSweep({ intervalMs, run, onProblem, random }: SweepOptions): RunningSweep {
  const stopping = new AbortController();
  let underWay: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

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
    timer = setTimeout(
      () => {
        underWay = once();
      },
      intervalMs * (0.8 + 0.4 * random()),
    );
  };
  schedule();

  return {
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await underWay;
    },
  };
}
