/** Tells a listener of the host's. What it throws, and what its promise rejects with, is the listener's own problem. */
export function callSafely(tell: () => unknown): void {
  try {
    // Of any kind of promise, those of another library included.
    Promise.resolve(tell()).catch(() => {});
  } catch {
    // As above.
  }
}
