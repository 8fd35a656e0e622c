import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BuildDecision } from '../../../src/core/build/decision.js';
import type { ChecklistTaskFacts } from '../../../src/core/build/facts.js';
import { decideOutcome } from '../../../src/core/orchestration/decide-outcome.js';
import { decideRequestBuild } from '../../../src/core/request/decide-request-build.js';
import { claimedBuild as aClaimedBuild, orchestrationPolicy } from '../support/claimed-build.js';
import { REQUEST_POLICY, requestCommand, requestFacts } from '../support/request-facts.js';
import { checklist as anyChecklist, wrkAnswer } from './arbitraries.js';

/** The statuses of all tasks once the decision is written. */
const statusesAfter = (
  checklist: readonly ChecklistTaskFacts[],
  decision: BuildDecision,
): readonly string[] => {
  const changed = new Map(decision.setTasks.map(({ taskId, status }) => [taskId, status]));
  return [
    ...checklist.map(({ id, status }) => changed.get(id) ?? status),
    ...decision.createTasks.map(({ status }) => status),
  ];
};

/** The percentage, counted up in whole numbers: the largest that the complete tasks pay for. */
const countedUp = (statuses: readonly string[]): number => {
  let complete = 0;
  for (const status of statuses) if (status === 'complete') complete += 1;
  let percentage = 0;
  while (statuses.length > 0 && (percentage + 1) * statuses.length <= complete * 100) percentage += 1;
  return percentage;
};

const expectCounted = (checklist: readonly ChecklistTaskFacts[], decision: BuildDecision) => {
  if (!decision.project) return;
  expect(decision.project.checklistProgress).toBe(countedUp(statusesAfter(checklist, decision)));
};

describe('the progress in a decision', () => {
  it('is that of the tasks after a request, which is 0, since every task is pending', () => {
    fc.assert(
      fc.property(anyChecklist, (checklist) => {
        const decided = decideRequestBuild(requestFacts({ checklist }), requestCommand(), REQUEST_POLICY, []);
        const outcome = decided._unsafeUnwrap();
        if (outcome.kind !== 'accepted') throw new Error('Nothing was stored to replay.');
        const { decision } = outcome;
        const after = statusesAfter(checklist, decision);
        expect(after).toEqual(after.map(() => 'pending'));
        expectCounted(checklist, decision);
        const slugs = [...checklist, ...decision.createTasks].map(({ slug }) => slug);
        expect(new Set(slugs).size).toBe(slugs.length);
      }),
    );
  });

  it('is that of the tasks after every outcome', () => {
    const seen = new Set<number>();
    fc.assert(
      fc.property(anyChecklist, wrkAnswer, (checklist, answer) => {
        const build = aClaimedBuild({ checklist });
        const context = { decisionId: 'decision-1', random: 0.5, durationMs: 1 };
        const decision = decideOutcome(build, answer, orchestrationPolicy(), context);
        expectCounted(checklist, decision);
        if (decision.project) seen.add(decision.project.checklistProgress);
      }),
      { numRuns: 500 },
    );
    expect(seen.size).toBeGreaterThan(5);
  });

  it('completes every integration task of a build that is complete, and no other', () => {
    fc.assert(
      fc.property(anyChecklist, (checklist) => {
        const build = aClaimedBuild({ checklist });
        const created = {
          kind: 'created',
          workflowId: 'wf-1',
          workflowUrl: 'https://wrk.example/1',
        } as const;
        const context = { decisionId: 'decision-1', random: 0.5, durationMs: 1 };
        const after = statusesAfter(checklist, decideOutcome(build, created, orchestrationPolicy(), context));
        expect(after).toEqual(
          checklist.map(({ category, status }) => (category === 'integration' ? 'complete' : status)),
        );
      }),
    );
  });
});
