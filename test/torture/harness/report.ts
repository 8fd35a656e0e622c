import type { RunResult } from './run.js';

/** One run in one line. */
export function summaryOf({ plan, findings, counts }: RunResult): string {
  const of = (kind: string) => findings.filter((finding) => finding.kind === kind).length;
  const result = of('violation') > 0 ? 'VIOLATION' : 'ok';
  return `${plan.seed} ${result} ${JSON.stringify({ ...counts, windows: of('window'), setUp: plan.setUp })}`;
}

/** All that there is to know of a run. */
export function reportOf({ plan, findings, timeline, logs }: RunResult): string {
  return [
    ...findings.map(({ kind, invariant, text }) => `  ${kind} of ${invariant}: ${text}`),
    `  faults: ${plan.faults.map(({ atMs, kind }) => `${atMs} ${kind}`).join(', ')}`,
    ...timeline.map((line) => `  ${line}`),
    ...logs.map((path) => `  events: ${path}`),
  ].join('\n');
}
