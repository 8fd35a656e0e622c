/** Lets one piece of work run at a time. */
export interface Mutex {
  last: Promise<unknown>;
}

export const newMutex = (): Mutex => ({ last: Promise.resolve() });

/** Runs `work` when everybody who came before is done, however that ended. */
export function serialize<T>(mutex: Mutex, work: () => Promise<T>): Promise<T> {
  const done = mutex.last.then(work);
  mutex.last = done.catch(() => {});
  return done;
}
