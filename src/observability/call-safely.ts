/** Tells a listener of the host's. What it throws, and what its promise rejects with, is the listener's own problem. */
export function callSafely(tell: () => unknown): void {
  try {
    const heard = tell();
    if (heard instanceof Promise) heard.catch(() => {});
  } catch {
    // As above.
  }
}
