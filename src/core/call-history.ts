import type { BuildFacts, CallFacts } from './facts.js';

/** Calls of the current run that got an answer, or were seen to fail: these use up the run's calls. */
export function answeredCalls({ binding, calls }: BuildFacts): readonly CallFacts[] {
  return calls.filter(
    (call) => call.run === binding.run && call.outcome !== null && call.outcome !== 'not_sent',
  );
}

/** How many calls of the current run were cut off: opened by an earlier claim, and never closed. */
export function interruptions({ binding, calls }: BuildFacts): number {
  return calls.filter((call) => call.run === binding.run && call.outcome === null).length;
}

/**
 * Calls that made a workflow, or may have made one, which this build does not hold, whatever the run.
 *
 * A rejection settles the unknown ones before it: WRK would not have made a workflow of a blueprint that it refuses.
 * It does not undo a workflow that WRK is known to have made, for example for a version that was archived meanwhile.
 */
export function outstandingCalls({ calls }: Pick<BuildFacts, 'calls'>): readonly CallFacts[] {
  const settled = calls.findLastIndex((call) => call.outcome === 'rejected');
  return calls.filter(
    ({ outcome }, index) =>
      outcome === 'created' || (index > settled && (outcome === null || outcome === 'unknown')),
  );
}

/** The outstanding calls that still stand in the way: of a run at a person's own risk, only its own. */
export function unwaivedCalls(build: BuildFacts): readonly CallFacts[] {
  const { run, duplicateRiskRun } = build.binding;
  return outstandingCalls(build).filter((call) => duplicateRiskRun !== run || call.run === run);
}
