import { expect } from 'vitest';
import type { DuplicatePolicy } from '../../../src/core/orchestration/wrk-answer.js';
import { BUILDS, type KilledRun } from './kill-run.js';
import { type StoredBuild, storedBuilds } from './stored-builds.js';

const TOLD_AT_START = [
  'build_assigned email ops_team',
  'build_started email client',
  'build_started in_app project_owner',
];
const TOLD_AT_END: Readonly<Record<string, readonly string[]>> = {
  active: ['build_complete email client', 'build_complete in_app project_owner', 'qa_ready email ops_team'],
  error: ['build_failed email ops_team', 'build_failed in_app ops_team'],
};

/** Where WRK cannot be asked, ops hear of each call that may have made a second workflow. */
const TOLD_OF_UNKNOWN = ['workflow_unbound email ops_team', 'workflow_unbound in_app ops_team'];

/** How every build stands that has ended, whatever was killed meanwhile. */
const ended = ({ status, calls }: StoredBuild, canBeAsked: boolean) => ({
  version: status === 'active' ? 'QA & Testing' : 'Build in Progress',
  project: status === 'active' ? 'QA & Testing' : 'Build in Progress',
  audit: [status === 'active' ? 'build_complete' : 'build_failed', 'request_build'],
  told: [
    ...TOLD_AT_START,
    ...(TOLD_AT_END[status] ?? []),
    ...(status === 'active' &&
    !canBeAsked &&
    calls.some((outcome) => outcome === null || outcome === 'unknown')
      ? TOLD_OF_UNKNOWN
      : []),
  ].sort(),
  foreign: 0,
  isLeased: false,
});

const answered = ({ calls }: StoredBuild) =>
  calls.filter((outcome) => outcome !== null && outcome !== 'not_sent');

/** Holds the tables against each other and against what WRK counted; returns the builds. */
export async function checkInvariants(
  { fake, pool, unannounced }: KilledRun,
  { by }: DuplicatePolicy,
): Promise<readonly StoredBuild[]> {
  const builds = await storedBuilds(pool);
  expect(builds).toHaveLength(BUILDS);

  for (const build of builds) {
    expect(build).toMatchObject(ended(build, by !== 'nothing'));
  }
  expect(builds.filter((build) => answered(build).length > 4)).toEqual([]);

  const active = builds.filter(({ status }) => status === 'active');
  expect(new Set(active.map(({ workflowId }) => workflowId)).size).toBe(active.length);
  expect(active.filter(({ integrationLeft }) => integrationLeft > 0)).toEqual([]);
  const atWrk = new Set(
    fake.workflows().map((made) => [made.reference, made.tenantId, made.id, made.url].join(' ')),
  );
  const unknownToWrk = active.filter(
    ({ id, tenantId, workflowId, workflowUrl }) =>
      !atWrk.has([id, tenantId, workflowId, workflowUrl].join(' ')),
  );
  expect(unknownToWrk).toEqual([]);

  expect(fake.violations()).toEqual([]);
  expect(unannounced, 'POSTs without an earlier row in the ledger').toEqual([]);
  const bytes = new Map(fake.calls().map(({ reference, bodyHash }) => [reference, bodyHash]));
  expect(fake.calls().filter(({ reference, bodyHash }) => bytes.get(reference) !== bodyHash)).toEqual([]);
  return builds;
}
