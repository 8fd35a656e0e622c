/** The longest that a timer of Node can wait, in milliseconds: about 25 days. */
const MAX_MS = 2 ** 31 - 1;

/** Throws unless `ms` is a wait that a timer can keep. */
export function checkedWait(option: string, ms: number): number {
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw new RangeError(`${option} is ${ms}: give it milliseconds from 1 up to ${MAX_MS}.`);
}
