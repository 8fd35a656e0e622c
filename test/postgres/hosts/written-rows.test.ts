import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { nodePostgres, verifySchema } from '../../../src/adapters/postgres/index.js';
import { stableId } from '../../../src/testing/builders.js';
import { SYSTEM_ACCOUNT } from '../../contracts/support/agency-mapping.js';
import { describeWithPostgres } from '../../support/database.js';
import * as then from '../../support/then.js';
import * as when from '../../support/when.js';
import { type Agency, openAgency, requestOf } from './agency.js';

describeWithPostgres('C2: what is written to the tables of an agency', () => {
  let agency: Agency;
  beforeAll(async () => {
    agency = await openAgency();
  });
  beforeEach(() => agency.store.clear());
  afterAll(() => agency.store.close());

  it('C2: verifySchema finds nothing wrong and advises nothing', async () => {
    const database = nodePostgres(agency.store.pool);
    expect(await verifySchema(database, agency.options)).toMatchObject({ mismatches: [], advice: [] });
  });

  it.each([
    ['a user', stableId('user'), stableId('user')],
    ['nobody', null, SYSTEM_ACCOUNT],
  ])('C2: a task that was created for %s has what the mapping refers to', async (_, userId, createdBy) => {
    const project = await agency.project('references');
    expect((await agency.builds.requestBuild({ ...requestOf(project), userId })).isOk()).toBe(true);
    const tasks = await agency.rows(
      `select automation_id, created_by, channel, due_on = (now() at time zone current_setting('TimeZone'))::date + 14 as is_due, updated_at
         from agency.tasks where deleted_at is null`,
    );
    expect(tasks).toHaveLength(8);
    for (const task of tasks) {
      expect(task).toEqual({
        automation_id: project.automationId,
        created_by: createdBy,
        channel: 'internal',
        is_due: true,
        updated_at: expect.any(Date),
      });
    }
  });

  it('C2: the time of a change is written to tasks and versions with each change, and to nothing else', async () => {
    const project = await agency.project('times');
    const longAgo = '2031-01-01T00:00:00.000Z';
    const ofVersion = {
      kind: 'build_checklist',
      automation_version_id: project.versionId,
      updated_at: longAgo,
    };
    await agency.addTask(project, { ...ofVersion, slug: 'create-workflow', category: 'integration' });
    await agency.addTask(project, { ...ofVersion, slug: 'write-documentation', category: 'manual' });
    await agency.rows(`update agency.versions set edited_at = $1`, [longAgo]);
    const untouched = async () => {
      const found = await agency.rows(
        `select slug as row from agency.tasks where updated_at = $1
         union all select 'version' from agency.versions where edited_at = $1 and deleted_at is null order by 1`,
        [longAgo],
      );
      return found.map(({ row }) => row);
    };
    expect(await untouched()).toEqual(['create-workflow', 'version', 'write-documentation']);
    await agency.builds.requestBuild(requestOf(project));
    expect(await untouched(), 'pending tasks stay').toEqual(['create-workflow', 'write-documentation']);
    await when.work(agency);
    expect(await untouched()).toEqual(['write-documentation']);
  });

  it('C2: an audit entry lands in the partition of its month, with the constants of the mapping', async () => {
    const project = await agency.project('audited');
    await agency.builds.requestBuild(requestOf(project));
    expect(
      await agency.rows(`select tableoid::regclass::text as partition, source from agency.audit_log`),
    ).toEqual([{ partition: await thisMonth(agency), source: 'wrk-builds' }]);
    const { tenantId, versionId } = project;
    expect(await agency.store.auditLog.list({ tenantId, resourceId: versionId })).toMatchObject([
      { actionType: 'request_build', resourceId: versionId },
    ]);
  });

  it('C2: without a partition for the month a request is refused with what to do, and accepted once it is there', async () => {
    const project = await agency.project('no partition');
    const partition = await detachPartition(agency);
    const refused = (await agency.builds.requestBuild(requestOf(project)))._unsafeUnwrapErr();
    expect(refused).toMatchObject({
      code: 'host_refused',
      message: expect.stringMatching(
        /A partitioned table has no partition for a row \(no partition of relation "audit_log"/,
      ),
    });
    expect((await agency.store.libraryRows()).bindings).toEqual([]);
    await partition.attach();
    expect((await agency.builds.requestBuild(requestOf(project))).isOk()).toBe(true);
  });

  it('C2: an outcome that no partition takes is kept, and taken over by a retry without another call', async () => {
    const project = await agency.project('late partition');
    const { bindingId } = (await agency.builds.requestBuild(requestOf(project)))._unsafeUnwrap();
    const partition = await detachPartition(agency);
    await when.work(agency);
    expect(await then.bindings(agency)).toMatchObject([
      { error_reason: 'outcome_refused', error_details: { sql_state: '23514', table: 'audit_log' } },
    ]);
    const made = agency.fake.workflows().length;
    await partition.attach();
    const command = {
      tenantId: project.tenantId,
      bindingId,
      userId: stableId('user'),
      reason: 'Partitioned.',
    };
    expect((await agency.builds.retryBuild(command)).isOk()).toBe(true);
    await when.work(agency);
    expect(await then.bindings(agency)).toMatchObject([{ status: 'active' }]);
    expect(agency.fake.workflows()).toHaveLength(made);
  });
});

/** Takes the partition of this month away, until it is attached again. */
async function detachPartition(agency: Agency) {
  const partition = await thisMonth(agency);
  await agency.rows(`alter table agency.audit_log detach partition ${partition}`);
  const month = `date_trunc('month', now())`;
  return {
    attach: () =>
      agency.rows(
        `alter table agency.audit_log attach partition ${partition} for values from (${month}) to (${month} + interval '1 month')`,
      ),
  };
}

const thisMonth = async ({ rows }: Agency) =>
  `${(await rows(`select 'agency.audit_log_' || to_char(now(), 'YYYY_MM') as name`))[0]?.name}`;

describeWithPostgres('C2: a host', () => {
  it('C2: may keep no time of a change, and gets its requests compared by the version of the row', async () => {
    const agency = await openAgency(
      {
        automationVersions: { updatedAt: null },
        tasks: { updatedAt: null, also: { channel: 'internal', created_by: SYSTEM_ACCOUNT } },
      },
      `drop trigger tidy on agency.projects;
       alter table agency.projects drop column updated_at;
       alter table agency.tasks alter updated_at set default now();`,
    );
    const project = await agency.project('no times');
    const { tenantId, versionId: automationVersionId } = project;
    const preview = (await agency.builds.previewBuild({ tenantId, automationVersionId }))._unsafeUnwrap();
    expect(preview.automationVersion).toMatchObject({ id: automationVersionId, updatedAt: null });
    const request = requestOf(project);
    const compared = await agency.builds.requestBuild({ ...request, lastKnownUpdatedAt: '2031-01-01' });
    expect(compared._unsafeUnwrapErr()).toMatchObject({
      code: 'concurrency_conflict',
      message: expect.stringContaining('compare its row version instead'),
      details: { updatedAt: null, rowVersion: preview.automationVersion?.rowVersion },
    });
    const { rowVersion } = preview.automationVersion ?? {};
    expect((await agency.builds.requestBuild({ ...request, lastKnownRowVersion: rowVersion })).isOk()).toBe(
      true,
    );
    await when.work(agency);
    expect(await then.bindings(agency)).toMatchObject([{ status: 'active' }]);
    await agency.store.close();
  });

  it('C2: may give a view for a table that is only read', async () => {
    const agency = await openAgency(
      { automations: { table: 'named' } },
      `create view agency.named as select a.id, a.workspace_id, a.name || ' of ' || w.slug as name, a.deleted_at
         from agency.automations a join agency.workspaces w on w.id = a.workspace_id;`,
    );
    const report = await verifySchema(nodePostgres(agency.store.pool), agency.options);
    expect(report.mismatches).toEqual([]);
    const project = await agency.project('viewed');
    expect((await agency.builds.requestBuild(requestOf(project))).isOk()).toBe(true);
    await when.work(agency);
    expect(agency.fake.workflows()).toMatchObject([
      { name: expect.stringContaining(` of ${project.tenantId}`) },
    ]);
    await agency.rows('update agency.automations set deleted_at = now()');
    const late = await agency.project('viewed later');
    await agency.rows('update agency.automations set deleted_at = now()');
    expect((await agency.builds.requestBuild(requestOf(late)))._unsafeUnwrapErr().code).toBe(
      'automation_version_not_found',
    );
    await agency.store.close();
  });
});
