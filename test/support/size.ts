/**
 * Set by `npm run test:torture` alone: the long suites then do all that they can do. In `npm test` they do little of it,
 * and assert the same.
 */
export const isFull = process.env.TEST_SIZE === 'full';

/** How much of something a long suite does. */
export const sized = (small: number, full: number): number => (isFull ? full : small);

/** What a long suite goes through: all of it, or as many as are wanted, spread evenly over the list. */
export function sampled<T>(all: readonly T[], small: number): readonly T[] {
  if (isFull) return all;
  const step = Math.max(1, Math.ceil(all.length / small));
  return all.filter((_, index) => index % step === 0);
}
