/** The longest wait of a Node timer, in milliseconds: about 25 days. */
const MAX_MS = 2 ** 31 - 1;

/** Throws unless `ms` is a wait that a timer can keep. */
export function checkedWait(option: string, ms: number): number {
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw new RangeError(`${option} is ${ms}: give a number of milliseconds from 1 to ${MAX_MS}.`);
}
