import { describe, expect, it } from 'vitest';
import {
  type BindingStatus,
  BUILD_IN_PROGRESS,
  DEFAULT_STARTABLE_STATUSES,
  QA_AND_TESTING,
} from '../../../src/core/build/statuses.js';
import { mayMove, nextBinding } from '../../../src/core/orchestration/change-build.js';
import { bindingFacts } from '../support/request-facts.js';

const STATUSES: readonly BindingStatus[] = ['pending', 'active', 'error', 'cancelled'];
const FROM: readonly (BindingStatus | 'absent')[] = ['absent', ...STATUSES];

describe('the transition table of bindings', () => {
  it('has these edges and no other', () => {
    const edges = FROM.flatMap((from) =>
      STATUSES.filter((to) => from !== to && mayMove(from, to)).map((to) => `${from} → ${to}`),
    );
    expect(edges).toEqual([
      'absent → pending',
      'pending → active',
      'pending → error',
      'pending → cancelled',
      'active → error',
      'error → pending',
      'error → active',
      'error → cancelled',
      'cancelled → pending',
    ]);
  });

  it('lets a binding stay where it is', () => {
    expect(STATUSES.filter((status) => mayMove(status, status))).toEqual(STATUSES);
  });

  it('never lets a binding leave a workflow that WRK gave it', () => {
    const active = (isAdopted: boolean) =>
      bindingFacts({ status: 'active', adoption: isAdopted ? { completedTasks: [] } : null });
    expect(() => nextBinding(active(false), { status: 'error' })).toThrow('never moves from active to error');
    expect(nextBinding(active(true), { status: 'error' })).toMatchObject({
      status: 'error',
      adoption: null,
    });
    expect(STATUSES.filter((to) => mayMove('active', to))).toEqual(['active', 'error']);
  });
});

describe('the statuses of versions and projects', () => {
  it('are spelled as the flows spell them', () => {
    expect([BUILD_IN_PROGRESS, QA_AND_TESTING]).toEqual(['Build in Progress', 'QA & Testing']);
  });

  it('let a build start from two of them by default', () => {
    expect(DEFAULT_STARTABLE_STATUSES).toEqual(['Ready for Build', 'Awaiting Client Approval']);
  });
});
