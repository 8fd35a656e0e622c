import { onTestFinished } from 'vitest';

/**
 * Counts what would end a process that nobody watches: uncaught exceptions and unhandled rejections. Vitest fails the run on
 * either, but names no test; this names it.
 */
export function countUncaught(): () => readonly unknown[] {
  const caught: unknown[] = [];
  const note = (problem: unknown) => void caught.push(problem);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, note);
    onTestFinished(() => void process.off(event, note));
  }
  return () => caught;
}
