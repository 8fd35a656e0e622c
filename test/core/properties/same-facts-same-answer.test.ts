import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BuildDecision } from '../../../src/core/build/decision.js';
import { BUILD_REQUESTS, readBuildRequest, readNotification } from '../../../src/core/build/messages.js';
import { decideLateAnswer, resumeClaim } from '../../../src/core/orchestration/decide-after-commit.js';
import { decideNextStep } from '../../../src/core/orchestration/decide-next-step.js';
import { decideOutcome } from '../../../src/core/orchestration/decide-outcome.js';
import { decideRequestBuild } from '../../../src/core/request/decide-request-build.js';
import { sized } from '../../support/size.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { REQUEST_POLICY } from '../support/request-facts.js';
import { claimedBuild, command, laterFacts, policy, random, requestFacts, wrkAnswer } from './arbitraries.js';

/** The answer on these facts. They are frozen, so that writing to them throws, and copies get the same answer. */
function answerTwice<Facts extends readonly unknown[], Answer>(
  facts: Facts,
  decide: (...facts: Facts) => Answer,
): Answer {
  const copy = deepFreeze(structuredClone(facts));
  const answer = decide(...deepFreeze(facts));
  expect(decide(...copy)).toEqual(answer);
  return answer;
}

/** What holds for every decision: it is plain data, and what it enqueues can be read. */
function expectPlain(decision: BuildDecision): void {
  expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
  for (const { queue, body } of decision.messages) {
    const read = queue === BUILD_REQUESTS ? readBuildRequest(body) : readNotification(body);
    expect(read._unsafeUnwrap()).toEqual(body);
  }
}

describe('the same facts', () => {
  it('give the same answer to a request', () => {
    let accepted = 0;
    fc.assert(
      fc.property(requestFacts, command, (facts, asked) => {
        const answer = answerTwice([facts, asked] as const, (...given) =>
          decideRequestBuild(...given, REQUEST_POLICY, []),
        );
        if (answer.isErr() || answer.value.kind === 'replayed') return;
        expectPlain(answer.value.decision);
        accepted += 1;
      }),
      { numRuns: sized(250, 1_500) },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  it('give the same next step', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(claimedBuild, policy, (build, options) => {
        const step = answerTwice([build] as const, (given) => decideNextStep(given, options, 'decision-1'));
        if (step.kind === 'commit') expectPlain(step.decision);
        kinds.add(step.kind);
      }),
      { numRuns: sized(250, 1_500) },
    );
    expect([...kinds].toSorted()).toEqual(['call', 'commit', 'look_up']);
  });

  it('give the same outcome', () => {
    fc.assert(
      fc.property(claimedBuild, wrkAnswer, policy, random, (build, answer, options, drawn) => {
        const context = { decisionId: 'decision-1', random: drawn, durationMs: 1 };
        const decide = (given: typeof build, answered: typeof answer) =>
          decideOutcome(given, answered, options, context);
        expectPlain(answerTwice([build, answer], decide));
      }),
      { numRuns: sized(250, 1_500) },
    );
  });

  it('give a late answer the same place', () => {
    fc.assert(
      fc.property(claimedBuild, laterFacts, wrkAnswer, policy, (build, now, answer, options) => {
        const decide = (...[given, found, answered]: [typeof build, typeof now, typeof answer]) =>
          decideLateAnswer(given, found, answered, options, { decisionId: 'decision-1', durationMs: 1 });
        const decision = answerTwice([build, now, answer], decide);
        if (decision) expectPlain(decision);
        answerTwice([build, now], resumeClaim);
      }),
      { numRuns: sized(250, 1_500) },
    );
  });
});
