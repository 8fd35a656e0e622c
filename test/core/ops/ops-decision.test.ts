import { expect, it } from 'vitest';
import { refusedCommand } from '../../../src/core/ops/ops-decision.js';
import { claimedBuild } from '../support/claimed-build.js';

const COMMAND = { userId: 'ada', reason: 'The client waits.', decisionId: 'decision-1' };

it.each([
  ['cancel', {}, {}],
  ['adopt', { workflowId: 'wf_1' }, { workflow_id: 'wf_1' }],
  ['assign', { assigneeId: null }, { assignee_id: null }],
])('B2 a refused command (%s) leaves its audit entry and touches nothing', (command, given, kept) => {
  const build = claimedBuild();
  const left = refusedCommand(build, command, { ...COMMAND, ...given }, { code: 'call_under_way' });
  expect(left).toMatchObject({
    id: COMMAND.decisionId,
    guard: { binding: 'any', automationVersionRow: null, project: null },
    binding: null,
    project: null,
    messages: [],
  });
  const { id: binding_id, run } = build.binding;
  const entry = { binding_id, run, reason: COMMAND.reason, command, code: 'call_under_way', ...kept };
  expect(left.audit).toMatchObject({ actionType: 'command_refused', userId: 'ada' });
  expect(left.audit?.metadata).toEqual(entry);
});
