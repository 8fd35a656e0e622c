import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromPg } from '../../../src/adapters/postgres/index.js';
import { buildableProject, stableId } from '../../../src/testing/builders.js';
import { SYSTEM_ACCOUNT } from '../../contracts/support/agency-mapping.js';
import { DEFAULT_HOST } from '../../contracts/support/host-shapes.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../support/database.js';
import * as given from '../../support/given.js';
import { until } from '../../support/until.js';
import * as when from '../../support/when.js';
import { type Agency, openAgency, requestOf } from './agency.js';

const BLOCKER = { severity: 'blocker' };
const OWN = { kind: 'build_checklist', category: 'integration' };

describeWithPostgres('C1: tasks that name a project, a version or both', () => {
  let agency: Agency;
  beforeAll(async () => {
    agency = await openAgency();
  });
  beforeEach(() => agency.store.clear());
  afterAll(() => agency.store.close());

  const answerOf = async (project: Awaited<ReturnType<Agency['project']>>, version = 0) =>
    (await agency.builds.requestBuild(requestOf(project, version))).match(
      () => 'accepted',
      (error) => ('details' in error ? error.details : error.code),
    );
  const blockedBy = (task: string, ...others: readonly string[]) => ({
    missing: [task, ...others]
      .toSorted()
      .map((taskId) => expect.objectContaining({ code: 'blocking_issue', taskId })),
  });

  describe('C1: a blocker', () => {
    it.each(['the version alone', 'the project alone', 'both'])(
      'that names %s blocks the build',
      async (what) => {
        const project = await agency.project('blocked');
        const task = await agency.addTask(project, {
          ...BLOCKER,
          project_id: what === 'the version alone' ? null : project.projectId,
          automation_version_id: what === 'the project alone' ? null : project.versionId,
        });
        expect(await answerOf(project)).toEqual(blockedBy(task));
        await agency.rows(`update agency.tasks set stage = 'done' where id = $1`, [task]);
        expect(await answerOf(project)).toBe('accepted');
        const { audit } = await agency.store.libraryRows();
        expect(audit).toMatchObject([{ metadata_json: { checked: { open_blockers: 0 } } }]);
      },
    );

    it('that names another version blocks that one alone, though both are of one project', async () => {
      const project = await agency.project('two versions', 2);
      const [, second] = project.versionIds;
      const alone = await agency.addTask(project, { ...BLOCKER, automation_version_id: second });
      const both = await agency.addTask(project, {
        ...BLOCKER,
        automation_version_id: second,
        project_id: project.projectId,
      });
      expect(await answerOf(project, 1)).toEqual(blockedBy(alone, both));
      expect(await answerOf(project, 0)).toBe('accepted');
    });

    it('that names the version blocks it, though it names a project that the version has left', async () => {
      const project = await agency.project('moved');
      const former = await agency.project('former');
      const task = await agency.addTask(project, {
        ...BLOCKER,
        automation_version_id: project.versionId,
        project_id: former.projectId,
      });
      expect(await answerOf(former)).toBe('accepted');
      expect(await answerOf(project)).toEqual(blockedBy(task));
    });

    it('of another tenant on the same version blocks nothing', async () => {
      const project = await agency.project('ours');
      const theirs = stableId('a tenant of their own');
      await agency.rows('insert into agency.workspaces values ($1::uuid, $1::text)', [theirs]);
      await agency.addTask(project, {
        ...BLOCKER,
        workspace_id: theirs,
        automation_version_id: project.versionId,
      });
      expect(await answerOf(project)).toBe('accepted');
    });
  });

  describe('C1: a blocker that is added while the request is decided', () => {
    const blocker = async (project: Awaited<ReturnType<Agency['project']>>) =>
      agency.addTask(project, { ...BLOCKER, automation_version_id: project.versionId });

    it('makes the decision stale', async () => {
      const project = await agency.project('late');
      const decision = await given.acceptance(agency.store, project);
      await blocker(project);
      await when.saveStale(agency.store, decision);
    });

    it.each(['projects', 'versions'])(
      'is waited for if its transaction has written the row of %s',
      async (table) => {
        const project = await agency.project('being added');
        const decision = await given.acceptance(agency.store, project);
        const host = await agency.session();
        const id = table === 'projects' ? project.projectId : project.versionId;
        await host.query(`update agency.${table} set workspace_id = workspace_id where id = $1`, [id]);
        await host.query(
          `insert into agency.tasks (workspace_id, automation_version_id, kind, title, severity, channel, created_by, updated_at)
         values ($1, $2, 'issue', 'Get access', 'blocker', 'client', $3, now())`,
          [project.tenantId, project.versionId, SYSTEM_ACCOUNT],
        );
        expect(await when.save(agency.store, decision)).toEqual(['busy']);
        const requested = when.watched(answerOf(project));
        await host.query('commit');
        await when.saveStale(agency.store, decision);
        expect(await requested.promise).toEqual(blockedBy(expect.any(String)));
      },
    );

    it('is seen by a request in its own transaction', async () => {
      const project = await agency.project('same transaction');
      const host = await agency.session();
      await host.query(
        `insert into agency.tasks (workspace_id, automation_version_id, kind, title, severity, channel, created_by, updated_at)
         values ($1, $2, 'issue', 'Get access', 'blocker', 'client', $3, now())`,
        [project.tenantId, project.versionId, SYSTEM_ACCOUNT],
      );
      const requested = await agency.builds.requestBuild(requestOf(project), { tx: fromPg(host) });
      expect(requested._unsafeUnwrapErr()).toMatchObject({ details: blockedBy(expect.any(String)) });
    });
  });

  describe('C1: a checklist', () => {
    const tasksOf = async (project: Awaited<ReturnType<Agency['project']>>) =>
      agency.rows(
        `select slug, stage, project_id, automation_version_id from agency.tasks
          where workspace_id = $1 and kind = 'build_checklist' and deleted_at is null and channel <> 'archive' order by slug, id`,
        [project.tenantId],
      );
    const progressOf = async ({ projectId }: { readonly projectId: string }) =>
      (await agency.rows('select progress from agency.projects where id = $1', [projectId]))[0]?.progress;

    it('is created with the project and the version on each task', async () => {
      const project = await agency.project('new');
      expect(await answerOf(project)).toBe('accepted');
      const tasks = await tasksOf(project);
      expect(tasks).toHaveLength(8);
      for (const task of tasks) {
        expect(task).toMatchObject({
          stage: 'todo',
          project_id: project.projectId,
          automation_version_id: project.versionId,
        });
      }
    });

    it('is found on the project, on the version and on both: kept, set back, completed and counted', async () => {
      const project = await agency.project('there before');
      const ofProject = { project_id: project.projectId };
      const ofVersion = { automation_version_id: project.versionId };
      await agency.addTask(project, { ...OWN, ...ofProject, slug: 'create-workflow', stage: 'done' });
      await agency.addTask(project, { ...OWN, ...ofVersion, slug: 'connect-netsuite', stage: 'done' });
      await agency.addTask(project, { ...OWN, ...ofProject, ...ofVersion, slug: 'connect-salesforce' });
      expect(await answerOf(project)).toBe('accepted');
      const requested = await tasksOf(project);
      expect(requested).toHaveLength(8);
      expect(requested.slice(0, 3)).toMatchObject([
        { slug: 'connect-netsuite', stage: 'todo', project_id: null },
        { slug: 'connect-salesforce', stage: 'todo' },
        { slug: 'create-workflow', stage: 'todo', automation_version_id: null },
      ]);
      await when.work(agency);
      expect((await tasksOf(project)).map(({ stage }) => stage)).toEqual([
        ...['done', 'done', 'done'],
        ...['todo', 'todo', 'todo', 'todo', 'todo'],
      ]);
      expect(await progressOf(project)).toBe(37);
    });

    it('belongs to its version: the next one gets its own, and progress is about the one that is built', async () => {
      const project = await agency.project('next', 2);
      expect(await answerOf(project, 0)).toBe('accepted');
      await when.work(agency);
      expect(await progressOf(project)).toBe(37);
      expect(await answerOf(project, 1)).toBe('accepted');
      expect(await tasksOf(project)).toHaveLength(16);
      expect(await progressOf(project)).toBe(0);

      const count = async (version: number, slug: string) => {
        const { tenantId, projectId, versionIds } = project;
        const done = `update agency.tasks set stage = 'done' where automation_version_id = $1 and slug = $2`;
        await agency.rows(done, [versionIds[version], slug]);
        return (await agency.builds.recordChecklistChange({ tenantId, projectId }))._unsafeUnwrap();
      };
      expect(await count(1, 'create-workflow')).toEqual({ checklistProgress: 12 });
      expect(await count(0, 'write-documentation'), 'of the version before').toEqual({
        checklistProgress: 12,
      });
      await when.work(agency);
      expect(await count(1, 'write-documentation'), 'of the version that was built last').toEqual({
        checklistProgress: 50,
      });
      expect(await progressOf(project)).toBe(50);
    });

    it('is reopened where an adoption is undone', async () => {
      const project = await agency.project('adopted');
      await agency.addTask(project, {
        ...OWN,
        automation_version_id: project.versionId,
        slug: 'create-workflow',
      });
      const { bindingId } = (await agency.builds.requestBuild(requestOf(project)))._unsafeUnwrap();
      const command = { tenantId: project.tenantId, bindingId, userId: stableId('user'), reason: 'By hand.' };
      const workflow = { workflowId: 'wf-by-hand', workflowUrl: 'https://wrk.example/wf-by-hand' };
      const stages = async () => (await tasksOf(project)).slice(0, 3).map(({ stage }) => stage);
      expect((await agency.builds.adoptWorkflow({ ...command, ...workflow })).isOk()).toBe(true);
      expect(await stages()).toEqual(['done', 'done', 'done']);
      expect((await agency.builds.undoAdoption(command)).isOk()).toBe(true);
      expect(await stages()).toEqual(['todo', 'todo', 'todo']);
      expect(await progressOf(project)).toBe(0);
    });

    it('that names the version alone is waited for where somebody has locked one of its tasks', async () => {
      const project = await agency.project('locked');
      const task = await agency.addTask(project, {
        ...OWN,
        automation_version_id: project.versionId,
        slug: 'create-workflow',
        stage: 'done',
      });
      const decision = await given.acceptance(agency.store, project);
      const host = await agency.session();
      await host.query('select from agency.tasks where id = $1 for update', [task]);
      expect(await when.save(agency.store, decision)).toEqual(['busy']);
      const requested = when.watched(answerOf(project));
      await until(async () => (await agency.rows(WAITING)).length > 0);
      expect(requested.isOver()).toBe(false);
      await host.query('commit');
      expect(await requested.promise).toBe('accepted');
    });
  });
});

const WAITING = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

describeWithPostgres('C1: tasks that name versions alone', () => {
  it('carry a checklist and blockers, from the request to the last task', async () => {
    const agency = await openAgency(
      { tasks: { project: null } },
      'alter table agency.tasks drop column project_id',
    );
    const project = buildableProject({ name: 'of versions' });
    await agency.store.host.insert(project.rows);
    const task = await agency.addTask(project, { ...BLOCKER, automation_version_id: project.versionId });
    const refused = await agency.builds.requestBuild(requestOf(project));
    expect(refused._unsafeUnwrapErr()).toMatchObject({ details: { missing: [{ taskId: task }] } });
    await agency.rows('update agency.tasks set deleted_at = now() where id = $1', [task]);
    expect((await agency.builds.requestBuild(requestOf(project))).isOk()).toBe(true);
    await when.work(agency);
    const tasks = await agency.rows(
      'select stage, automation_version_id as version from agency.tasks where deleted_at is null order by stage',
    );
    expect(tasks.map(({ stage }) => stage)).toEqual([...Array(5).fill('todo'), ...Array(3).fill('done')]);
    expect(new Set(tasks.map(({ version }) => version))).toEqual(new Set([project.versionId]));
    await agency.rows(`update agency.tasks set stage = 'done'`);
    const { tenantId, projectId } = project;
    expect((await agency.builds.recordChecklistChange({ tenantId, projectId }))._unsafeUnwrap()).toEqual({
      checklistProgress: 100,
    });
    await agency.store.close();
  });
});

describeWithPostgres('C1: tasks that name either by a type and an id', () => {
  it('block the version that they name, and the checklist is created on the project', async () => {
    const version = { type: 'context_type', is: 'automation_version', id: 'context_id' };
    const store = await openPostgres({
      shape: { ...DEFAULT_HOST, options: { host: { tasks: { automationVersion: version } } } },
    });
    const { builds } = given.app(store);
    const project = buildableProject({ versions: 2 });
    await store.host.insert(project.rows);
    const [first, second] = project.versionIds;
    await store.pool.query(
      `insert into tasks (tenant_id, context_type, context_id, kind, template_slug, title, status, is_blocker)
       values ($1, 'automation_version', $2, 'issue', 'a', 'Get access', 'pending', true),
              ($1, 'account', $3, 'issue', 'b', 'Get access', 'pending', true)`,
      [project.tenantId, first, second],
    );
    const refused = await builds.requestBuild(requestOf(project, 0));
    expect(refused._unsafeUnwrapErr()).toMatchObject({ details: { missing: [{ code: 'blocking_issue' }] } });
    expect((await builds.requestBuild(requestOf(project, 1))).isOk()).toBe(true);
    const { rows } = await store.pool.query(
      `select distinct context_type, context_id from tasks where kind = 'build_checklist'`,
    );
    expect(rows).toEqual([{ context_type: 'project', context_id: project.projectId }]);
    await store.close();
  });
});
