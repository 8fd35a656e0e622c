import { expect, it } from 'vitest';
import {
  buildKeptChanging,
  buildNotFound,
  refusalOfCheck,
  workflowNotAdoptable,
} from '../../../src/core/ops/refusals.js';

it('a command is refused with what is wrong and what to do about it', () => {
  expect(buildNotFound()).toEqual({
    code: 'build_not_found',
    message: 'There is no such build: check the id.',
  });
  expect(buildKeptChanging()).toEqual({
    code: 'concurrency_conflict',
    message: 'The build kept changing: read it again, then send the command again.',
  });
  const notAdoptable = {
    code: 'workflow_not_adoptable',
    message:
      'Workflow wf_1 cannot be adopted: WRK has no such workflow for this tenant, or another build has it. Check the id in WRK.',
    details: { workflowId: 'wf_1' },
  };
  expect(workflowNotAdoptable('wf_1')).toEqual(notAdoptable);
  expect(refusalOfCheck({ kind: 'not_found' }, 'wf_1'), 'told apart by nobody').toEqual(notAdoptable);
  expect(refusalOfCheck({ kind: 'verified' }, 'wf_1')).toBeNull();
  expect(refusalOfCheck({ kind: 'failed', detail: 'WRK answered 503' }, 'wf_1')).toEqual({
    code: 'workflow_not_verified',
    message:
      'WRK did not say whether it has workflow wf_1 for this tenant (WRK answered 503): send the command again.',
  });
});
