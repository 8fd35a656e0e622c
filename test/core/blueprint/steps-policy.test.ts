import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { stepsBlueprint } from '../../../src/core/blueprint/steps-policy.js';
import { findingsOf, pathsOf } from './examples.js';

const trigger = { id: 'start', type: 'Trigger', nextStepIds: ['work'] };
const action = { id: 'work', type: 'Action', nextStepIds: [] };

describe('stepsBlueprint', () => {
  it('accepts a trigger that leads to an action, whatever else the document says', () => {
    const blueprint = {
      version: 7,
      status: 'Draft',
      steps: [trigger, { ...action, riskLevel: 'High' }],
      mood: 'good',
    };
    expect(stepsBlueprint(blueprint)).toEqual(ok({ systems: [] }));
  });

  it.each([
    ['nextStepIds', [{ ...trigger }, action], []],
    [
      'parentStepId',
      [
        { id: 'start', type: 'Trigger' },
        { ...action, parentStepId: 'start' },
      ],
      [],
    ],
    [
      'a branch',
      [{ id: 'start', type: 'Trigger' }, action],
      [{ parentStepId: 'start', targetStepId: 'work' }],
    ],
  ])('takes two steps for joined by %s alone', (_what, steps, branches) => {
    expect(stepsBlueprint({ steps, branches })).toEqual(ok({ systems: [] }));
    expect(pathsOf(stepsBlueprint({ steps: [...steps, { id: 'alone', type: 'Human' }], branches }))).toEqual([
      'steps[2]',
    ]);
  });

  it('takes a step that only leads to itself for cut off, by any kind of link', () => {
    const self = { id: 'self', type: 'Human', nextStepIds: ['self'], parentStepId: 'self' };
    const branches = [{ parentStepId: 'self', targetStepId: 'self' }];
    expect(pathsOf(stepsBlueprint({ steps: [trigger, action, self], branches }))).toEqual(['steps[2]']);
  });

  it('takes a step for cut off when all that leads to it comes from steps that do not exist', () => {
    const lost = { id: 'lost', type: 'Human', parentStepId: 'gone' };
    const branches = [{ parentStepId: 'gone', targetStepId: 'lost' }];
    expect(pathsOf(stepsBlueprint({ steps: [trigger, action, lost], branches }))).toEqual([
      'steps[2].parentStepId',
      'branches[0].parentStepId',
      'steps[2]',
    ]);
  });

  it('reads null as left out where a step may leave something out', () => {
    const open = { parentStepId: null, systemsInvolved: null, nextStepIds: null };
    const steps = [trigger, { ...action, ...open }];
    expect(stepsBlueprint({ steps, branches: null })).toEqual(ok({ systems: [] }));
  });

  it('knows no system called System TBD, in any spelling, and keeps names that only begin so', () => {
    const systemsInvolved = ['System TBD', 'Jira', ' system tbd ', 'SYSTEM TBD', 'System TBD 2', 'Jira '];
    expect(stepsBlueprint({ steps: [trigger, { ...action, systemsInvolved }] })).toEqual(
      ok({ systems: ['Jira', 'System TBD 2'] }),
    );
  });

  it.each([
    ['nothing', {}, ['steps', 'steps']],
    ['steps that are no list', { steps: 'all of them' }, ['steps', 'steps', 'steps']],
    [
      'no trigger',
      {
        steps: [
          { ...action, nextStepIds: ['more'] },
          { id: 'more', type: 'Action' },
        ],
      },
      ['steps'],
    ],
    [
      'no action',
      {
        steps: [
          { ...trigger, nextStepIds: ['more'] },
          { id: 'more', type: 'Human' },
        ],
      },
      ['steps'],
    ],
    [
      'a type in another spelling',
      { steps: [trigger, action, { ...action, id: 'x', type: 'action', nextStepIds: ['work'] }] },
      ['steps[2].type'],
    ],
    ['a trigger alone', { steps: [{ id: 'start', type: 'Trigger' }] }, ['steps', 'steps[0]']],
    ['branches that are no list', { steps: [trigger, action], branches: {} }, ['branches']],
    [
      'a branch without ends',
      { steps: [trigger, action], branches: [{}] },
      ['branches[0].parentStepId', 'branches[0].targetStepId'],
    ],
  ])('refuses %s', (_what, blueprint, paths) => {
    expect(pathsOf(stepsBlueprint(blueprint))).toEqual(paths);
  });

  it('tells everything at once, each with what to do', () => {
    const blueprint = {
      steps: [
        { id: 'a', type: 'Action', nextStepIds: ['b', 'gone', 4], systemsInvolved: ['System TBD', null] },
        { id: 'b', type: 'Robot', nextStepIds: 'a', parentStepId: 'gone' },
        { id: 'a', type: 'Action', nextStepIds: [] },
        42,
        { id: 'c', type: 'Exception', nextStepIds: ['gone'] },
        { type: 'Human' },
      ],
      branches: [
        { id: 'x', parentStepId: 'a', targetStepId: 'gone' },
        { id: 'x', parentStepId: null, targetStepId: 'b' },
        [],
      ],
    };
    const setToStep = 'Set this to the id of a step, or remove it.';
    expect(findingsOf(stepsBlueprint(blueprint))).toEqual([
      { path: 'steps[3]', message: 'This must be an object: correct or remove it.' },
      { path: 'steps', message: 'Add at least one step of type Trigger.' },
      { path: 'steps[1].type', message: 'Set this to one of Trigger, Action, Decision, Exception, Human.' },
      { path: 'steps[2].id', message: 'Use a unique id: steps[0] has the same one.' },
      { path: 'steps[5].id', message: 'Add an id that is a non-blank string.' },
      {
        path: 'steps[0].systemsInvolved[1]',
        message: 'Set this to the name of a system, or remove the entry.',
      },
      { path: 'steps[0].nextStepIds[1]', message: setToStep },
      { path: 'steps[0].nextStepIds[2]', message: setToStep },
      { path: 'steps[1].nextStepIds', message: 'This must be a list.' },
      { path: 'steps[1].parentStepId', message: setToStep },
      { path: 'steps[4].nextStepIds[0]', message: setToStep },
      { path: 'branches[2]', message: 'This must be an object: correct or remove it.' },
      { path: 'branches[1].id', message: 'Use a unique id: branches[0] has the same one.' },
      { path: 'branches[0].targetStepId', message: setToStep },
      { path: 'branches[1].parentStepId', message: setToStep },
      { path: 'steps[4]', message: 'Connect this step to another step, or remove it.' },
    ]);
  });
});
