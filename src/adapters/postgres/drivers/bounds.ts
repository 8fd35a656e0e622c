/** The longest wait of a Node timer, in milliseconds: about 25 days. */
const MAX_MS = 2 ** 31 - 1;

/** Fails with `problem()` if `work` has not ended within `ms`. The work goes on; the caller releases what it holds. */
export async function within<T>(ms: number, work: Promise<T>, problem: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(problem()), ms);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Throws unless `ms` is a valid timer duration. */
export function checkedWait(option: string, ms: number): number {
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw new RangeError(`${option} is ${ms}: give a number of milliseconds from 1 to ${MAX_MS}.`);
}
