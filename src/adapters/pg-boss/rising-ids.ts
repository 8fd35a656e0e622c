import type { Runtime } from '../../runtime/runtime.js';

/** The counter has 12 bits. */
const MAX_IN_A_MILLISECOND = 4_096;

/**
 * Generates ids for jobs: version 7 UUIDs, each greater than the one before. pg-boss returns jobs added by one statement
 * in the order of their ids, and the ids that it generates itself are random.
 */
export function risingIds({ wallClockMs, newId }: Pick<Runtime, 'wallClockMs' | 'newId'>): () => string {
  let time = 0;
  let count = 0;
  return () => {
    // A clock that goes back must not put a job before those that were added earlier.
    const isLater = wallClockMs() > time;
    if (isLater || count === MAX_IN_A_MILLISECOND - 1) {
      time = isLater ? wallClockMs() : time + 1;
      count = 0;
    } else count += 1;
    const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
    const first = hex(time, 12);
    // The last two groups of a random UUID are its variant and 62 random bits.
    const random = newId().split('-').slice(3);
    return [first.slice(0, 8), first.slice(8), `7${hex(count, 3)}`, ...random].join('-');
  };
}
