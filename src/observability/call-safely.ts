/**
 * Tells a listener of the host's. What it throws, and what its promise rejects with, is the listener's own problem: `onProblem`
 * hears of it, and nobody else. Any object with `then` counts as a promise, since there are others than this realm's own.
 */
export function callSafely(tell: () => unknown, onProblem: (problem: unknown) => void = () => {}): void {
  try {
    const heard = tell();
    if (heard !== null && (typeof heard === 'object' || typeof heard === 'function'))
      Promise.resolve(heard).catch(onProblem);
  } catch (problem) {
    onProblem(problem);
  }
}
