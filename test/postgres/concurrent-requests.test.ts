import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodePostgres, postgres } from '../../src/adapters/postgres/index.js';
import type { Builds } from '../../src/builds.js';
import { defaultChecklist } from '../../src/core/blueprint/checklist.js';
import type { RequestBuildInput } from '../../src/input/request-build-input.js';
import { buildableProject } from '../../src/testing/builders.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { sized } from '../support/size.js';
import { buildsOver } from './support.js';

const ROUNDS = sized(50, 500);
const CALLERS = 10;
/** Rounds at once, so that sets hold decisions of several rounds. */
const SIDE_BY_SIDE = 5;

/** The default checklist of the blueprint in every round, which names two systems. */
const TASKS_OF_ONE_BUILD = defaultChecklist({
  automationName: 'any',
  projectName: 'any',
  systems: ['Salesforce', 'NetSuite'],
}).length;

type Round = ReturnType<typeof buildableProject>;

/** Ten ways in: both versions of the project, the project itself, host code; two pairs with one idempotency key each. */
function callers({ tenantId, projectId, versionIds: [first, second] }: Round): RequestBuildInput[] {
  const version = (
    automationVersionId: string | undefined,
    trigger: RequestBuildInput['trigger'],
    idempotencyKey?: string,
  ) => ({
    tenantId,
    automationVersionId: automationVersionId ?? '',
    trigger,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey: `${idempotencyKey} ${projectId}` }),
  });
  return [
    version(first, 'patch_status'),
    version(first, 'patch_status', 'a'),
    version(first, 'patch_status', 'a'),
    version(first, 'auto_build'),
    version(second, 'patch_status'),
    version(second, 'auto_build', 'b'),
    version(second, 'auto_build', 'b'),
    version(second, 'status_change'),
    { tenantId, projectId, trigger: 'admin_request_build' },
    { tenantId, projectId, trigger: 'admin_request_build' },
  ];
}

describeWithPostgres(`${ROUNDS} rounds of ${CALLERS} callers on two pools`, () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  let otherPool: pg.Pool;
  let instances: Builds[];

  beforeAll(async () => {
    store = await openPostgres();
    otherPool = new pg.Pool({ ...store.pool.options, max: 10 });
    otherPool.on('error', () => {});
    instances = [buildsOver(store).builds, buildsOver(postgres(nodePostgres(otherPool))).builds];
  });
  afterAll(async () => {
    await otherPool.end();
    await store.close();
  });

  const play = async (index: number) => {
    const round = buildableProject({ name: `round ${index}`, versions: 2 });
    const [, second] = round.versionIds;
    await store.host.insert(round.rows);
    // In every other round only the first version may start, so that the project's own trigger can win as well.
    if (index % 2 === 0 && second) await store.host.update('automationVersions', second, { status: 'Draft' });
    const answers = await Promise.all(
      callers(round).map((input, caller) => instances[caller % 2]?.requestBuild(input)),
    );
    const accepted = answers.flatMap((answer) => (answer?.isOk() ? [answer.value] : []));
    const refused = answers.flatMap((answer) => (answer?.isErr() ? [answer.error.code] : []));
    return { round, accepted, refused };
  };

  it('accepts exactly one request in each round, and leaves the rows of one build', {
    timeout: 120_000,
  }, async () => {
    const rounds: Awaited<ReturnType<typeof play>>[] = [];
    for (let index = 0; index < ROUNDS; index += SIDE_BY_SIDE) {
      const numbers = Array.from({ length: SIDE_BY_SIDE }, (_, offset) => index + offset);
      rounds.push(...(await Promise.all(numbers.map(play))));
    }

    const expectedRefusals = new Set([
      'build_already_in_progress',
      'multiple_ready_for_build_versions',
      'invalid_status_transition',
    ]);
    for (const { round, accepted, refused } of rounds) {
      // Whoever shares the winner's idempotency key gets the winner's answer; nobody else is accepted.
      expect(new Set(accepted.map((answer) => answer.bindingId)).size, round.projectId).toBe(1);
      expect(accepted.length).toBeLessThanOrEqual(2);
      expect(refused.filter((code) => !expectedRefusals.has(code))).toEqual([]);
    }

    const { rows } = await store.pool.query<{ table: string; per_project: number; projects: number }>(`
      with counted as (
        select 'bindings' as table, v.project_id, count(*)::int as n
          from wrk_builds.workflow_bindings b join automation_versions v on v.id = b.automation_version_id group by 2
        union all
        select 'versions in progress', project_id, count(*)::int from automation_versions where status = 'Build in Progress' group by 2
        union all
        select 'tasks', context_id, count(*)::int from tasks group by 2
        union all
        select 'audit entries', v.project_id, count(*)::int from audit_logs a join automation_versions v on v.id = a.resource_id group by 2
        union all
        select 'messages', v.project_id, count(*)::int
          from wrk_builds.messages m join wrk_builds.workflow_bindings b on b.id = m.binding_id
          join automation_versions v on v.id = b.automation_version_id group by 2)
      select "table", n as per_project, count(*)::int as projects from counted group by 1, 2 order by 1, 2`);
    expect(rows).toEqual([
      { table: 'audit entries', per_project: 1, projects: ROUNDS },
      { table: 'bindings', per_project: 1, projects: ROUNDS },
      { table: 'messages', per_project: 4, projects: ROUNDS },
      { table: 'tasks', per_project: TASKS_OF_ONE_BUILD, projects: ROUNDS },
      { table: 'versions in progress', per_project: 1, projects: ROUNDS },
    ]);

    const winners = new Set(
      rounds.flatMap(({ accepted }) => accepted.map((answer) => answer.automationVersionId)),
    );
    expect(winners.size).toBe(ROUNDS);
  });
});
