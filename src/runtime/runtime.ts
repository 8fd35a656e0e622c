/**
 * Time and chance, as the library reaches them. The composition root and the public factories of the adapters use the
 * system's; a test or a simulation gives its own, and moves time instead of waiting for it.
 *
 * What the database decides by time it decides on its own clock, which this is not.
 */
export interface Runtime {
  /** Milliseconds on a clock that never goes back. Only differences mean anything. */
  readonly monotonicMs: () => number;
  /** Milliseconds since 1970. The clock may be set, so durations are not measured with it. */
  readonly wallClockMs: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** A random UUID, version 4. */
  readonly newId: () => string;
  /** Runs something once, `ms` from now. With `unref` the timer keeps no process alive. */
  readonly setTimer: (ms: number, run: () => void, options?: { readonly unref?: boolean }) => Timer;
  /** Resolves once timers and sockets that are ready have had their turn. */
  readonly yieldToEventLoop: () => Promise<void>;
}

/** A timer that runs. */
export interface Timer {
  /** Stops it; does nothing once it has run. */
  readonly clear: () => void;
}

/** What waiting needs of a runtime. */
export type Timers = Pick<Runtime, 'setTimer'>;
