import { expect, it } from 'vitest';
import { buildKeptChanging, buildNotFound, workflowTaken } from '../../../src/core/ops/refusals.js';

it('a command is refused with what is wrong and what to do about it', () => {
  expect(buildNotFound()).toEqual({
    code: 'build_not_found',
    message: 'There is no such build: check the id.',
  });
  expect(buildKeptChanging()).toEqual({
    code: 'concurrency_conflict',
    message: 'The build kept changing: read it again, then send the command again.',
  });
  expect(workflowTaken('wf_1')).toEqual({
    code: 'workflow_taken',
    message: 'Workflow wf_1 belongs to another build: find out in WRK which one.',
    details: { workflowId: 'wf_1' },
  });
});
