import { err, ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import {
  problemOfBlueprintAnswer,
  problemOfChecklist,
  problemOfOrchestration,
  problemOfPrerequisites,
} from '../../../src/core/blueprint/host-policies.js';

const ITEM = { slug: 'connect', title: 'Connect', category: 'manual' };

describe('C10 what a function of the host returns', () => {
  it.each([
    ['a complete blueprint', problemOfBlueprintAnswer, ok({ systems: ['Slack'] })],
    ['findings', problemOfBlueprintAnswer, err([{ path: '', message: 'Add a node.' }])],
    ['a checklist', problemOfChecklist, [ITEM, { ...ITEM, slug: 'call', category: 'integration' }]],
    ['an empty checklist', problemOfChecklist, []],
    ['the workers', problemOfOrchestration, 'automatic'],
    ['people', problemOfOrchestration, 'manual'],
    ['nothing missing', problemOfPrerequisites, []],
    ['something missing', problemOfPrerequisites, [{ prerequisite: 'contract', message: 'Sign it.' }]],
  ])('can be used where it is %s', (_, problemOf, answer) => {
    expect(problemOf(answer)).toBeNull();
  });

  it.each([
    [problemOfBlueprintAnswer, undefined, 'returned undefined: return ok({ systems })'],
    [problemOfBlueprintAnswer, { systems: [] }, 'returned an object: return ok({ systems })'],
    [problemOfBlueprintAnswer, ok(null), 'returned null: return ok({ systems })'],
    [problemOfBlueprintAnswer, ok({ systems: [7] }), 'returned an object: return ok({ systems })'],
    [problemOfBlueprintAnswer, err([]), 'returned a list: return ok({ systems })'],
    [problemOfBlueprintAnswer, err(['a finding']), 'returned a list: return ok({ systems })'],
    [problemOfBlueprintAnswer, err('a finding'), 'returned a string: return ok({ systems })'],
    [problemOfChecklist, null, 'returned null that is no checklist'],
    [problemOfChecklist, [undefined], 'returned a list that is no checklist'],
    [problemOfChecklist, [{ ...ITEM, slug: '' }], 'returned a list that is no checklist'],
    [problemOfChecklist, [{ ...ITEM, title: 7 }], 'returned a list that is no checklist'],
    [problemOfChecklist, [{ ...ITEM, category: 'other' }], 'returned a list that is no checklist'],
    [problemOfChecklist, [ITEM, ITEM], 'returned two items with one slug: give each its own'],
    [problemOfOrchestration, undefined, 'returned undefined: return'],
    [problemOfOrchestration, 'auto', 'returned a string: return'],
    [problemOfOrchestration, Promise.resolve('manual'), 'returned an object: return'],
    [problemOfPrerequisites, true, 'returned a boolean that is no answer'],
    [problemOfPrerequisites, [{ prerequisite: 'contract' }], 'returned a list that is no answer'],
    [problemOfPrerequisites, new Array(1), 'returned a list that is no answer'],
  ])('is told where it cannot be used: %#', (problemOf, answer, problem) => {
    expect(problemOf(answer)).toContain(problem);
  });
});
