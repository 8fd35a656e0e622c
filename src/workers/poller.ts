import type { Timer, Timers } from '../runtime/runtime.js';

/** Polls again and again while that is wanted. */
export interface Poller {
  /** Polls 100 ms from now instead of at the next interval, or begins to poll. Several calls are one poll. */
  readonly soon: () => void;
  /** Stops polling until the next `soon`. A poll that is under way goes on. */
  readonly pause: () => void;
}

/** What a poll does, and how often it runs. */
export interface PollerOptions {
  /** Between the end of one and the beginning of the next, in milliseconds. */
  readonly intervalMs: number;
  /** It must not reject. */
  readonly poll: () => Promise<void>;
  readonly runtime: Timers;
}

/** Minimum milliseconds between two polls: what happens meanwhile shares one. */
const SOON_MS = 100;

/** Creates a poller. Two polls never run at once, and the timer keeps no process alive. */
export function createPoller({ intervalMs, poll, runtime }: PollerOptions): Poller {
  const soonMs = Math.min(SOON_MS, intervalMs);
  let timer: Timer | undefined;
  let isWanted = false;
  let isSoon = false;
  let isUnderWay = false;

  const plan = (ms: number) => {
    timer?.clear();
    timer = runtime.setTimer(ms, () => void once(), { unref: true });
  };
  const once = async () => {
    isSoon = false;
    isUnderWay = true;
    await poll();
    isUnderWay = false;
    if (isWanted) plan(isSoon ? soonMs : intervalMs);
  };

  return {
    soon: () => {
      isWanted = true;
      if (isSoon) return;
      isSoon = true;
      if (!isUnderWay) plan(soonMs);
    },
    pause: () => {
      isWanted = false;
      isSoon = false;
      timer?.clear();
    },
  };
}
