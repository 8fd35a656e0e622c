import { randomBytes } from 'node:crypto';

/** The counter has 12 bits. */
const MAX_IN_A_MILLISECOND = 4_096;

/**
 * Generates ids for jobs: version 7 UUIDs, each greater than the one before. pg-boss returns jobs added by one statement
 * in the order of their ids, and the ids that it generates itself are random.
 */
export function risingIds(now: () => number = Date.now): () => string {
  let time = 0;
  let count = 0;
  return () => {
    // A clock that goes back must not order a job before those added earlier.
    const isLater = now() > time;
    if (isLater || count === MAX_IN_A_MILLISECOND - 1) {
      time = isLater ? now() : time + 1;
      count = 0;
    } else count += 1;
    const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
    const [first, last] = [hex(time, 12), randomBytes(8)];
    last[0] = ((last[0] ?? 0) & 0x3f) | 0x80;
    const random = last.toString('hex');
    return [first.slice(0, 8), first.slice(8), `7${hex(count, 3)}`, random.slice(0, 4), random.slice(4)].join(
      '-',
    );
  };
}
