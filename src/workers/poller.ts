import type { Timer, Timers } from '../runtime/runtime.js';

/** Poller that come again and again while they are wanted. */
export interface Poller {
  /** Poller 100 ms from now instead of at the next turn; begins to look at all. Many of these are one look. */
  readonly soon: () => void;
  /** Poller no more, until the next `soon`. One that is under way goes on. */
  readonly pause: () => void;
}

/** What a look is, and how often it comes. */
export interface PollerOptions {
  /** Between the end of one and the beginning of the next, in milliseconds. */
  readonly intervalMs: number;
  /** It must not reject. */
  readonly look: () => Promise<void>;
  readonly runtime: Timers;
}

/** The fewest milliseconds between two looks: what is done meanwhile shares one. */
const SOON_MS = 100;

/** Makes looks. Two are never under way at once, and their timer keeps no process alive. */
export function createPoller({ intervalMs, look, runtime }: PollerOptions): Poller {
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
    await look();
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
