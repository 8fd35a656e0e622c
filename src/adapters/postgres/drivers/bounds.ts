/** The longest that a timer of Node can wait, in milliseconds: about 25 days. */
const MAX_MS = 2 ** 31 - 1;

/** Fails with `problem()` when `work` has not ended within `ms`. Nothing stops the work: what it holds is the caller's to let go. */
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

/** Throws unless `ms` is a wait that a timer can keep. */
export function checkedWait(option: string, ms: number): number {
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw new RangeError(`${option} is ${ms}: give it milliseconds from 1 up to ${MAX_MS}.`);
}
