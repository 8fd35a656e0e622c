/** How a process ends: what was opened last is closed first. */
export interface Ending {
  /** Adds a step. `leftMs` says how many milliseconds of the grace period are left. */
  readonly add: (name: string, step: (leftMs: () => number) => Promise<void>) => void;
  readonly hasBegun: () => boolean;
  /** Takes every step, once. One that fails keeps nobody from the next. */
  readonly run: () => Promise<void>;
}

/** Makes an ending that may take `graceMs` milliseconds. */
export function createEnding(graceMs: number, onProblem: (step: string, problem: unknown) => void): Ending {
  const steps: { readonly name: string; readonly step: (leftMs: () => number) => Promise<void> }[] = [];
  let ended: Promise<void> | null = null;
  const runAll = async () => {
    const startedAt = performance.now();
    const leftMs = () => Math.max(0, graceMs - (performance.now() - startedAt));
    for (const { name, step } of steps.toReversed()) {
      await step(leftMs).catch((problem: unknown) => onProblem(name, problem));
    }
  };
  return {
    add: (name, step) => {
      steps.push({ name, step });
    },
    hasBegun: () => ended !== null,
    run: () => {
      ended ??= runAll();
      return ended;
    },
  };
}
