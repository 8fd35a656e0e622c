import { expect, it } from 'vitest';
import { buildableProject, stableId } from '../../src/testing/builders.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import * as given from '../support/given.js';
import { until } from '../support/until.js';
import * as when from '../support/when.js';
import { BY_OPS, describeInEachFamily } from './support/in-each-family.js';

const WORKFLOW = { workflowId: 'wf-by-hand', workflowUrl: 'https://app.wrk.example/workflows/wf-by-hand' };

describeInEachFamily('commands of the ops team', (open) => {
  it('a workflow that is adopted completes the build as a worker would have', async () => {
    const app = open({ duplicates: { by: 'nothing', onUnknownOutcome: 'stop' } });
    app.fake.script(wrkBehaviour.createsThenDrops());
    const { tenantId, bindingId, versionId, projectId } = await given.requestedBuild(app);
    await when.work(app);
    const [made] = app.fake.workflows();
    const found = { workflowId: made?.id ?? '', workflowUrl: made?.url ?? '' };
    const adopted = await app.builds.adoptWorkflow({ tenantId, bindingId, ...found, ...BY_OPS });
    expect(adopted._unsafeUnwrap()).toMatchObject({ status: 'active', automationVersionId: versionId });

    const { automationVersions, projects } = await app.store.host.read();
    expect(automationVersions.find(({ id }) => id === versionId)?.status).toBe('QA & Testing');
    expect(projects.find(({ id }) => id === projectId)?.status).toBe('QA & Testing');
    const { bindings, audit, messages } = await app.store.libraryRows();
    expect(bindings).toMatchObject([{ status: 'active', wrk_workflow_id: made?.id, error_reason: null }]);
    expect(audit.filter(({ action_type }) => action_type === 'build_complete')).toMatchObject([
      { user_id: BY_OPS.userId, metadata_json: { workflow_id: made?.id, reason: BY_OPS.reason } },
    ]);
    expect(messages.filter(({ key }) => `${key}`.includes('build_complete'))).toHaveLength(2);
    expect(messages.filter(({ key }) => `${key}`.includes('qa_ready'))).toHaveLength(1);
  });

  it('a workflow of another build is not adopted', async () => {
    const app = open();
    const first = await given.requestedBuild(app, 'first');
    await when.work(app);
    app.fake.script(wrkBehaviour.answers(422));
    const { tenantId, bindingId } = await given.requestedBuild(app, 'second');
    await when.work(app);
    const [taken] = app.fake.workflows();
    const command = {
      tenantId,
      bindingId,
      workflowId: taken?.id ?? '',
      workflowUrl: taken?.url ?? '',
      ...BY_OPS,
    };
    expect((await app.builds.adoptWorkflow(command))._unsafeUnwrapErr()).toMatchObject({
      code: 'workflow_not_adoptable',
      details: { workflowId: taken?.id },
    });
    const { binding } = (await app.builds.getBuild({ tenantId, bindingId }))._unsafeUnwrap();
    expect(binding).toMatchObject({ status: 'error', workflowId: null });
    expect((await app.builds.getBuild({ tenantId, bindingId: first.bindingId })).isOk()).toBe(true);
  });

  it('while a worker calls WRK nothing is adopted or cancelled, but the build can be assigned', async () => {
    const app = open();
    app.fake.script(wrkBehaviour.hangs());
    const { tenantId, bindingId } = await given.requestedBuild(app);
    const workers = app.builds.startWorkers({ pollIntervalMs: 2, concurrency: { notifications: 0 } });
    await until(() => app.fake.calls().length === 1);
    const command = { tenantId, bindingId, ...BY_OPS };
    expect((await app.builds.adoptWorkflow({ ...command, ...WORKFLOW }))._unsafeUnwrapErr().code).toBe(
      'call_under_way',
    );
    expect((await app.builds.cancelBuild(command))._unsafeUnwrapErr().code).toBe('call_under_way');
    const assigneeId = stableId('engineer');
    expect((await app.builds.assignBuild({ ...command, assigneeId })).isOk()).toBe(true);
    const shown = (await app.builds.getBuild({ tenantId, bindingId }))._unsafeUnwrap();
    expect(shown.explanation.state).toBe('calling_wrk');
    await workers.stop({ graceMs: 0 });

    await when.work(app);
    expect((await app.store.libraryRows()).bindings, 'the worker kept the assignment').toMatchObject([
      { status: 'active', assignee_id: assigneeId },
    ]);
    expect(app.fake.workflows()).toHaveLength(1);
  });

  it('a build that is cancelled is not built, and its version can be requested again', async () => {
    const app = open();
    const { tenantId, bindingId, versionId } = await given.requestedBuild(app);
    expect((await app.builds.cancelBuild({ tenantId, bindingId, ...BY_OPS }))._unsafeUnwrap().status).toBe(
      'cancelled',
    );
    const before = (await app.store.host.read()).automationVersions.find(({ id }) => id === versionId);
    expect(before?.status).toBe('Ready for Build');
    const workers = app.builds.startWorkers({ pollIntervalMs: 2, concurrency: { notifications: 0 } });
    await until(async () => (await app.builds.stats()).buildRequests.waiting === 0);
    await workers.stop();
    expect(app.fake.calls(), 'its message led nowhere').toEqual([]);

    const again = await app.builds.requestBuild({
      tenantId,
      automationVersionId: versionId,
      trigger: 'auto_build',
    });
    expect(again._unsafeUnwrap()).toMatchObject({ bindingId, run: 2 });
    await when.work(app);
    expect(app.fake.workflows()).toHaveLength(1);
  });

  it.each([{ by: 'idempotency-key' }, { by: 'nothing', onUnknownOutcome: 'stop' }] as const)(
    'after a cancel with an accepted risk another request is built anew, and gets no old workflow for an answer (%j)',
    async (duplicates) => {
      const app = open({ duplicates, retry: { maxRetries: 0, initialDelayMs: 1, jitter: 0 } });
      app.fake.script(wrkBehaviour.createsThenDrops());
      const { tenantId, bindingId, versionId } = await given.requestedBuild(app);
      await when.work(app);
      const command = { tenantId, bindingId, ...BY_OPS };
      expect((await app.builds.cancelBuild(command))._unsafeUnwrapErr().code).toBe('duplicate_risk');
      expect((await app.builds.cancelBuild({ ...command, acceptDuplicateRisk: true })).isOk()).toBe(true);
      const again = await app.builds.requestBuild({
        tenantId,
        automationVersionId: versionId,
        trigger: 'auto_build',
      });
      expect(again._unsafeUnwrap().run).toBe(2);
      await when.work(app);
      const { binding } = (await app.builds.getBuild({ tenantId, bindingId }))._unsafeUnwrap();
      const [removed, anew] = app.fake.workflows().map(({ id }) => id);
      expect(binding).toMatchObject({ status: 'active', workflowId: anew });
      expect(anew).not.toBe(removed);
    },
  );

  it('a project that builds another version by now is left to it, and the first is neither retried nor adopted beside it', async () => {
    const app = open();
    const project = buildableProject({ name: 'two versions', versions: 2 });
    await app.store.host.insert(project.rows);
    const { tenantId, projectId, versionIds } = project;
    const [first = '', second = ''] = versionIds;
    const request = async (automationVersionId: string) =>
      (
        await app.builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' })
      )._unsafeUnwrap();
    app.fake.script(wrkBehaviour.answers(422));
    const { bindingId } = await request(first);
    await when.work(app);
    await app.store.host.update('automationVersions', first, { status: 'Archived' });
    await request(second);
    await app.store.host.update('automationVersions', first, { status: 'Build in Progress' });

    const command = { tenantId, bindingId, ...BY_OPS };
    const refused = { code: 'sibling_in_progress', details: { automationVersionId: second } };
    expect((await app.builds.retryBuild(command))._unsafeUnwrapErr()).toMatchObject(refused);
    expect((await app.builds.adoptWorkflow({ ...command, ...WORKFLOW }))._unsafeUnwrapErr()).toMatchObject(
      refused,
    );
    expect((await app.builds.cancelBuild(command)).isOk()).toBe(true);
    const stored = (await app.store.host.read()).projects.find(({ id }) => id === projectId);
    expect(stored?.status).toBe('Build in Progress');
  });

  it('a build whose version the host deleted is cancelled, and its project goes back', async () => {
    const app = open();
    const { tenantId, bindingId, versionId, projectId, quoteId } = await given.requestedBuild(app);
    await app.store.host.remove('quotes', quoteId);
    await app.store.host.remove('automationVersions', versionId);
    expect((await app.builds.cancelBuild({ tenantId, bindingId, ...BY_OPS })).isOk()).toBe(true);
    const stored = (await app.store.host.read()).projects.find(({ id }) => id === projectId);
    expect(stored?.status).toBe('Ready for Build');
  });

  it('of assignments at once each is told who had the build before, and a person who gets it back is told again', async () => {
    const app = open();
    const { tenantId, bindingId } = await given.requestedBuild(app);
    const people = ['ada', 'ben', 'cleo'].map((name) => stableId('engineer', name));
    const assign = (assigneeId: string | undefined) =>
      app.builds.assignBuild({ tenantId, bindingId, ...BY_OPS, assigneeId: assigneeId ?? null });
    const clicks = await Promise.all(people.map(assign));
    const last = (await app.store.libraryRows()).bindings[0]?.assignee_id;
    const audit = (await app.store.libraryRows()).audit.flatMap(({ action_type, metadata_json }) =>
      action_type === 'assign_build' ? [metadata_json] : [],
    );
    expect(audit).toHaveLength(clicks.filter((click) => click.isOk()).length);
    // A chain from nobody to whoever has it now: nobody was overwritten unseen.
    const assigned = audit.map((entry) => Object(entry).assignee_id);
    const taken = audit.map((entry) => Object(entry).before).filter((before) => before !== null);
    expect(assigned.filter((person) => !taken.includes(person))).toEqual([last]);

    await assign(people[0]);
    await assign(people[1]);
    const before = (await app.store.libraryRows()).messages.length;
    await assign(people[0]);
    expect((await app.store.libraryRows()).messages).toHaveLength(before + 1);
  });

  it('a build that people carry out wakes no worker, and is completed by adopting their workflow', async () => {
    const app = open({ orchestration: 'manual' });
    const { tenantId, bindingId } = await given.requestedBuild(app);
    expect((await app.builds.stats()).buildRequests.waiting).toBe(0);
    expect(await app.builds.reconcile(), 'the sweep leaves it alone').toBe(0);
    expect((await app.builds.getBuild({ tenantId, bindingId }))._unsafeUnwrap().explanation.state).toBe(
      'waiting_for_people',
    );
    const adopted = await app.builds.adoptWorkflow({ tenantId, bindingId, ...WORKFLOW, ...BY_OPS });
    expect(adopted._unsafeUnwrap().status).toBe('active');
    expect(app.fake.calls()).toEqual([]);
  });

  it('nothing is found, retried, assigned, adopted or cancelled for another tenant', async () => {
    const app = open();
    const { bindingId, versionId } = await given.requestedBuild(app);
    const before = await app.store.libraryRows();
    const command = { tenantId: stableId('tenant', 'another'), bindingId, ...BY_OPS };
    const { builds } = app;
    const answers = [
      await builds.getBuild({ tenantId: command.tenantId, bindingId }),
      await builds.getBuild({ tenantId: command.tenantId, automationVersionId: versionId }),
      await builds.retryBuild(command),
      await builds.assignBuild({ ...command, assigneeId: null }),
      await builds.adoptWorkflow({ ...command, ...WORKFLOW }),
      await builds.undoAdoption(command),
      await builds.cancelBuild(command),
    ];
    const missing = await builds.getBuild({ tenantId: command.tenantId, bindingId: stableId('no build') });
    for (const answer of answers) expect(answer).toEqual(missing);
    expect((await builds.listBuilds({ tenantId: command.tenantId }))._unsafeUnwrap().builds).toEqual([]);
    expect(await app.store.libraryRows()).toEqual(before);
  });

  it('a command that cannot be read changes nothing, and says everything that is wrong with it', async () => {
    const app = open();
    const { tenantId, bindingId } = await given.requestedBuild(app);
    const before = await app.store.libraryRows();
    const command = {
      tenantId,
      bindingId,
      userId: '',
      reason: 'a\0b',
      workflowId: 'wf',
      workflowUrl: 'javascript:alert(1)',
    };
    expect((await app.builds.adoptWorkflow(command))._unsafeUnwrapErr()).toMatchObject({
      code: 'invalid_input',
      details: { findings: [{ path: 'userId' }, { path: 'reason' }, { path: 'workflowUrl' }] },
    });
    expect((await app.builds.listBuilds({ tenantId, cursor: 'made up' }))._unsafeUnwrapErr()).toMatchObject({
      details: { findings: [{ path: 'cursor' }] },
    });
    expect(await app.store.libraryRows()).toEqual(before);
  });
});

describeInEachFamily('lists of builds', (open) => {
  it.each([
    ['the year nought', '0000-01-01T00:00:00.000Z'],
    ['a day that is none', '2030-02-31T00:00:00.000Z'],
    ['a split microsecond', `2030-01-01T00:00:00.${'0'.repeat(200)}Z`],
  ])('do not go on from %s, since no build was requested then', async (_, createdAt) => {
    const app = open();
    const { tenantId, bindingId } = await given.requestedBuild(app);
    const cursor = Buffer.from(JSON.stringify([createdAt, bindingId])).toString('base64url');
    expect((await app.builds.listBuilds({ tenantId, cursor }))._unsafeUnwrapErr()).toMatchObject({
      code: 'invalid_input',
      details: { findings: [{ path: 'cursor' }] },
    });
  });

  it('come page by page, each build explained, whatever is requested meanwhile', async () => {
    const app = open();
    const { tenantId } = await given.requestedBuild(app, '1');
    for (const name of ['2', '3', '4', '5']) await given.requestedBuild(app, name);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (await app.builds.listBuilds({ tenantId, limit: 2, cursor }))._unsafeUnwrap();
      seen.push(...page.builds.map(({ binding }) => binding.id));
      expect(page.builds.every(({ explanation }) => explanation.state === 'waiting_for_worker')).toBe(true);
      cursor = page.nextCursor ?? undefined;
      if (seen.length === 2) await given.requestedBuild(app, 'while the list is read');
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
  });
});

describeInEachFamily('previews', (open) => {
  it('show what a request would come to, and write nothing', async () => {
    const app = open();
    const { tenantId, versionId, quoteId } = await given.requestedBuild(app);
    const before = { rows: await app.store.libraryRows(), host: await app.store.host.read() };
    await app.store.host.update('quotes', quoteId, { status: 'sent' });
    const preview = (
      await app.builds.previewBuild({ tenantId, automationVersionId: versionId })
    )._unsafeUnwrap();
    expect(preview.refusal?.code).toBe('build_already_in_progress');
    expect(preview.prerequisites.filter(({ met }) => !met)).toMatchObject([{ prerequisite: 'quote' }]);
    await app.store.host.update('quotes', quoteId, { status: 'signed' });
    expect({ rows: await app.store.libraryRows(), host: await app.store.host.read() }).toEqual(before);
    // @ts-expect-error It names neither a version nor a project.
    const nothing = await app.builds.previewBuild({ tenantId });
    expect(nothing._unsafeUnwrapErr().code).toBe('invalid_input');
  });
});
