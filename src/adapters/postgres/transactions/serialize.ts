/** Lets one piece of work run at a time. */
export interface Mutex {
  last: Promise<unknown>;
}

export const newMutex = (): Mutex => ({ last: Promise.resolve() });

/** Runs `work` after all earlier work has ended, whether it succeeded or failed. */
export function serialize<T>(mutex: Mutex, work: () => Promise<T>): Promise<T> {
  const done = mutex.last.then(work);
  mutex.last = done.catch(() => {});
  return done;
}
