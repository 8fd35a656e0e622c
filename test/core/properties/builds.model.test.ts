import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sized } from '../../support/size.js';
import { DUPLICATE_POLICIES } from '../support/claimed-build.js';
import { newModel } from './model/model.js';
import { checkModel } from './model/model-rules.js';
import { type Step, steps } from './model/steps.js';
import { claimStep } from './model/take-step.js';

type Duplicates = keyof typeof DUPLICATE_POLICIES;

const EVERY_POLICY = ['key', 'lookup', 'nothing, retry', 'nothing, stop'] as const;

/** Every refusal, next step, end and kind of late answer, and every verdict but that of a key used twice at once. */
const EVERYWHERE: readonly string[] = [
  'request accepted',
  'request replayed',
  'request automation_version_not_found',
  'request blueprint_incomplete',
  'request build_already_in_progress',
  'request concurrency_conflict',
  'request idempotency_key_reused',
  'request invalid_status_transition',
  'request missing_prerequisites',
  'request multiple_ready_for_build_versions',
  'request quote_not_signed',
  'request ready_for_build_version_not_found',
  'request version_already_built',
  'next call',
  'next look_up',
  'next commit',
  'binding active',
  'binding pending',
  'adopted workflow gives_way',
  'adopted workflow held',
  'error blueprint_rejected',
  'error interrupted_too_often',
  'error invalid_blueprint',
  'error network_failure',
  'error not_buildable',
  'error outcome_unknown',
  'error workflow_conflict',
  'error wrk_api_error',
  'late created',
  'late nothing',
  'late refused',
  'late rejected',
  'late unknown',
  'decided again',
  'ops adopt: call_under_way',
  'ops adopt: not_buildable',
  'ops adopt: ok',
  'ops adopt: wrong_build_status',
  'ops assign: ok',
  'ops assign: wrong_build_status',
  'ops undo adoption: ok',
  'ops undo adoption: workflow_not_adopted',
  'ops undo adoption: wrong_build_status',
  'ops cancel: call_under_way',
  'ops cancel: duplicate_risk',
  'ops cancel: ok',
  'ops cancel: wrong_build_status',
  'ops retry: blueprint_incomplete',
  'ops retry: duplicate_risk',
  'ops retry: not_buildable',
  'ops retry: ok',
  'ops retry: wrong_build_status',
  'verdict ok',
  'verdict stale',
  'verdict workflow_taken',
];

/** Plays a story, and holds the model to its rules after every step. */
const play = (story: readonly Step[], duplicates: Duplicates, reached = new Set<string>()) => {
  const model = newModel(DUPLICATE_POLICIES[duplicates], reached);
  for (const [index, step] of story.entries()) {
    claimStep(model, step);
    const wrong = checkModel(model);
    if (wrong.length > 0)
      expect.fail(`after step ${index + 1}, ${JSON.stringify(step)}: ${wrong.join('; ')}`);
  }
  return model;
};

describe('builds, whatever happens in whatever order', () => {
  it.each(EVERY_POLICY)('keep every rule (duplicates: %s)', (duplicates) => {
    fc.assert(
      fc.property(steps, (story) => void play(story, duplicates)),
      { numRuns: sized(40, 250) },
    );
  });

  it('come everywhere: such stories lead to every answer that there is', () => {
    const reached = new Set<string>();
    for (const story of fc.sample(steps, { seed: 2122, numRuns: 150 })) {
      if (EVERYWHERE.every((place) => reached.has(place))) break;
      for (const duplicates of EVERY_POLICY) play(story, duplicates, reached);
    }
    expect([...reached].toSorted()).toEqual(expect.arrayContaining([...EVERYWHERE]));
  });
});
