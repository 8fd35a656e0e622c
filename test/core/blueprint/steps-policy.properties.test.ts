import fc from 'fast-check';
import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { stepsBlueprint } from '../../../src/core/blueprint/steps-policy.js';
import { pathsOf } from './examples.js';

interface Step {
  readonly id: string;
  readonly type: string;
  readonly nextStepIds?: readonly string[];
  readonly parentStepId?: string | null;
  readonly systemsInvolved?: readonly string[];
}

interface Branch {
  readonly id?: string;
  readonly parentStepId: string;
  readonly targetStepId: string;
}

interface Steps {
  readonly steps: readonly Step[];
  readonly branches: readonly Branch[];
}

/** Complete documents: each step is joined to one before it in one of the three ways; more links are left to chance. */
const completeSteps: fc.Arbitrary<Steps> = fc
  .array(fc.constantFrom('Trigger', 'Action', 'Decision', 'Exception', 'Human'), { maxLength: 12 })
  .chain((types) => {
    const all = ['Trigger', 'Action', ...types];
    const way = fc.record({
      kind: fc.constantFrom('next', 'parent', 'branch'),
      to: fc.nat(),
      more: fc.array(fc.nat(), { maxLength: 3 }),
    });
    return fc.tuple(...all.map(() => way)).map((ways) => {
      const idAt = (at: number) => `step ${at}`;
      const branches: Branch[] = [];
      const steps = all.map((type, at): Step => {
        const { kind, to, more } = ways[at] ?? { kind: 'next', to: 0, more: [] };
        const nextStepIds = more.map((pick) => idAt(pick % all.length));
        const other = idAt(at === 0 ? 1 : to % at);
        if (kind === 'next') return { id: idAt(at), type, nextStepIds: [...nextStepIds, other] };
        if (kind === 'parent') return { id: idAt(at), type, nextStepIds, parentStepId: other };
        branches.push({ id: `branch ${at}`, parentStepId: other, targetStepId: idAt(at) });
        return { id: idAt(at), type, nextStepIds };
      });
      return { steps, branches };
    });
  });

type Break = (document: Steps, at: number) => { broken: object; path: string };

const changed = (steps: readonly Step[], at: number, change: object) =>
  steps.map((step, index) => (index === at ? { ...step, ...change } : step));

const BREAKS: Readonly<Record<string, Break>> = {
  'no trigger is left': (document) => ({
    broken: { ...document, steps: document.steps.map((step) => ({ ...step, type: 'Action' })) },
    path: 'steps',
  }),
  'no action is left': (document) => ({
    broken: { ...document, steps: document.steps.map((step) => ({ ...step, type: 'Trigger' })) },
    path: 'steps',
  }),
  'a type is unknown': (document, at) => ({
    broken: { ...document, steps: changed(document.steps, at, { type: 'Loop' }) },
    path: `steps[${at}].type`,
  }),
  'a step loses its id': (document, at) => ({
    broken: { ...document, steps: changed(document.steps, at, { id: null }) },
    path: `steps[${at}].id`,
  }),
  'a step comes twice': (document, at) => ({
    broken: { ...document, steps: [...document.steps, document.steps[at]] },
    path: `steps[${document.steps.length}].id`,
  }),
  'a step leads nowhere': (document, at) => ({
    broken: {
      ...document,
      steps: changed(document.steps, at, { nextStepIds: [document.steps[0]?.id, 'gone'] }),
    },
    path: `steps[${at}].nextStepIds[1]`,
  }),
  'a step has a parent that is gone': (document, at) => ({
    broken: { ...document, steps: changed(document.steps, at, { parentStepId: 'gone' }) },
    path: `steps[${at}].parentStepId`,
  }),
  'a branch starts nowhere': (document, at) => ({
    broken: {
      ...document,
      branches: [...document.branches, { parentStepId: 'gone', targetStepId: document.steps[at]?.id }],
    },
    path: `branches[${document.branches.length}].parentStepId`,
  }),
  'a branch ends nowhere': (document, at) => ({
    broken: {
      ...document,
      branches: [...document.branches, { parentStepId: document.steps[at]?.id, targetStepId: 'gone' }],
    },
    path: `branches[${document.branches.length}].targetStepId`,
  }),
  'a step is cut off': (document) => ({
    broken: {
      ...document,
      steps: [...document.steps, { id: 'alone', type: 'Action', nextStepIds: ['alone'] }],
    },
    path: `steps[${document.steps.length}]`,
  }),
  'a system is blank': (document, at) => ({
    broken: { ...document, steps: changed(document.steps, at, { systemsInvolved: ['Jira', ''] }) },
    path: `steps[${at}].systemsInvolved[1]`,
  }),
};

describe('stepsBlueprint on documents at random', () => {
  it('accepts every complete document', () => {
    fc.assert(
      fc.property(completeSteps, (document) => {
        expect(stepsBlueprint(document)).toEqual(ok({ systems: [] }));
      }),
    );
  });

  it.each(Object.entries(BREAKS))('finds it, at its path, when %s', (_what, breakDocument) => {
    fc.assert(
      fc.property(completeSteps, fc.nat(), (document, pick) => {
        const { broken, path } = breakDocument(document, pick % document.steps.length);
        expect(pathsOf(stepsBlueprint(broken))).toContain(path);
      }),
    );
  });
});
