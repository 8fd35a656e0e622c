import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  type ColumnCondition,
  createHostTables,
  nodePostgres,
  type PostgresDatabase,
  postgres,
  verifySchema,
} from '../../../src/adapters/postgres/index.js';
import { type buildableProject, stableId } from '../../../src/testing/builders.js';
import { DEFAULT_HOST } from '../../contracts/support/host-shapes.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../support/database.js';
import * as given from '../../support/given.js';
import * as when from '../../support/when.js';
import { type Agency, openAgency, requestOf } from './agency.js';

type Project = ReturnType<typeof buildableProject>;

const deleted = (table: string, id: string) =>
  `update agency.${table} set deleted_at = now() where id = '${id}'`;
const quote = (set: string) => (project: Project) =>
  `update agency.quotes set ${set} where id = '${project.quoteId}'`;

describeWithPostgres('C2: rows that fail a condition', () => {
  let agency: Agency;
  beforeAll(async () => {
    agency = await openAgency();
  });
  beforeEach(() => agency.store.clear());
  afterAll(() => agency.store.close());

  const codeOf = async (project: Project, version = 0) =>
    (await agency.builds.requestBuild(requestOf(project, version))).match(
      () => 'accepted',
      ({ code }) => code,
    );

  it.each<[what: string, change: (project: Project) => string, answer: string]>([
    ['a deleted version', ({ versionId }) => deleted('versions', versionId), 'automation_version_not_found'],
    [
      'a deleted automation',
      ({ automationId }) => deleted('automations', automationId),
      'automation_version_not_found',
    ],
    ['a deleted project', ({ projectId }) => deleted('projects', projectId), 'missing_prerequisites'],
    ['a deleted quote', ({ quoteId }) => deleted('quotes', quoteId), 'quote_not_signed'],
    ['a quote without a price', quote('price = null'), 'quote_not_signed'],
    ['a quote of another type', quote(`quote_type = 'support'`), 'quote_not_signed'],
  ])('C2: %s does not exist for a request', async (_, change, answer) => {
    const project = await agency.project('conditions');
    await agency.rows(change(project));
    expect(await codeOf(project)).toBe(answer);
  });

  it('C2: a deleted blocker does not block, nor does one of a channel that is not read', async () => {
    const project = await agency.project('blockers');
    const blocker = { severity: 'blocker', automation_version_id: project.versionId };
    const one = await agency.addTask(project, blocker);
    const other = await agency.addTask(project, { ...blocker, title: 'Sign' });
    expect(await codeOf(project)).toBe('missing_prerequisites');
    await agency.rows(deleted('tasks', one));
    await agency.rows(`update agency.tasks set channel = 'archive' where id = $1`, [other]);
    expect(await codeOf(project)).toBe('accepted');
  });

  it('C2: a deleted version does not hold its project, and is none that the project could be built as', async () => {
    const project = await agency.project('siblings', 2);
    const { tenantId, projectId, versionIds } = project;
    await agency.rows(`update agency.versions set stage = 'building' where id = $1`, [versionIds[0]]);
    expect(await codeOf(project, 1)).toBe('build_already_in_progress');
    await agency.rows(deleted('versions', `${versionIds[0]}`));
    const answer = await agency.builds.requestBuild({ tenantId, projectId, trigger: 'admin_request_build' });
    expect(answer._unsafeUnwrap().automationVersionId).toBe(versionIds[1]);
  });

  it('C2: a deleted task is not counted, and is created again by the next request', async () => {
    const project = await agency.project('tasks');
    const { tenantId, projectId } = project;
    const { bindingId } = (await agency.builds.requestBuild(requestOf(project)))._unsafeUnwrap();
    await agency.rows(`update agency.tasks set deleted_at = now() where slug <> 'write-documentation'`);
    await agency.rows(`update agency.tasks set stage = 'done' where deleted_at is null`);
    expect((await agency.builds.recordChecklistChange({ tenantId, projectId }))._unsafeUnwrap()).toEqual({
      checklistProgress: 100,
    });
    const by = { userId: stableId('user'), reason: 'Again.' };
    expect((await agency.builds.cancelBuild({ tenantId, bindingId, ...by })).isOk()).toBe(true);
    expect(await codeOf(project)).toBe('accepted');
    const { tasks } = await agency.store.host.read();
    expect(tasks.map(({ status }) => status)).toEqual(Array(8).fill('pending'));
  });

  it('C2: a deleted project is not found, and not written', async () => {
    const project = await agency.project('gone');
    const { tenantId, projectId } = project;
    await agency.rows(deleted('projects', projectId));
    const read = () => agency.rows('select xmin, progress from agency.projects where id = $1', [projectId]);
    const before = await read();
    const answer = await agency.builds.recordChecklistChange({ tenantId, projectId });
    expect(answer._unsafeUnwrapErr().code).toBe('project_not_found');
    const progress = { tenantId, projectId, checklistProgress: 99 };
    await when.commit(agency.store, (tx) => agency.store.checklists.saveProgress(tx, progress));
    expect(await read()).toEqual(before);
  });
});

/** Columns that a quote may have beside the default ones. */
const QUOTE_COLUMNS = `
  create type tier as enum ('small', 'large');
  alter table quotes add archived boolean, add level integer, add amount numeric, add label varchar(9), add tier tier;`;

const CONDITIONS: readonly [
  set: string,
  where: Readonly<Record<string, ColumnCondition>>,
  exists: boolean,
][] = [
  ['archived = false', { archived: { equals: false } }, true],
  ['archived = true', { archived: { equals: false } }, false],
  ['archived = null', { archived: { equals: false } }, false],
  ['archived = null', { archived: { in: [false, null] } }, true],
  ['archived = true', { archived: { in: [false, null] } }, false],
  ['archived = null', { archived: { in: [null] } }, true],
  ['archived = false', { archived: { in: [null] } }, false],
  ['level = 3', { level: { equals: 3 } }, true],
  ['level = 3', { level: { in: [1, 2] } }, false],
  ['amount = 0.50', { amount: { equals: 0.5 } }, true],
  ["label = 'it''s \\ a'", { label: { equals: "it's \\ a" } }, true],
  ["label = ''", { label: { isNull: false } }, true],
  ['label = null', { label: { isNull: true } }, true],
  ['label = null', { label: { isNull: false } }, false],
  ["tier = 'large'", { tier: { in: ['small', 'large'] } }, true],
  ["tier = 'small'", { tier: { equals: 'large' } }, false],
  ["tier = 'small', level = 1", { tier: { equals: 'small' }, level: { equals: 2 } }, false],
];

describeWithPostgres('C2: a condition', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
    await store.pool.query(QUOTE_COLUMNS);
  });
  beforeEach(() => store.clear());
  afterAll(() => store.close());

  it.each(CONDITIONS)('C2: on a quote with %s, %j', async (set, where, exists) => {
    const project = await given.project(store);
    await store.pool.query(`update quotes set ${set}`);
    const { builds } = given.app({
      ...store,
      ...postgres(nodePostgres(store.pool, { listen: false }), { host: { quotes: { where } } }),
    });
    const answer = await builds.requestBuild(requestOf(project));
    expect(
      answer.match(
        () => true,
        ({ code }) => code,
      ),
    ).toBe(exists || 'quote_not_signed');
  });
});

describeWithPostgres('C2: tasks that share their table with others', () => {
  it('C2: are created as what the condition wants them to be, and found again', async () => {
    const where = { task_type: { equals: 'build' }, archived: { equals: false } };
    const host = { tasks: { where, also: { source: 'library' } } };
    const createTables = async (database: PostgresDatabase) => {
      await createHostTables(database);
      await database.script(
        'alter table tasks add task_type text not null, add archived boolean not null, add source text not null',
      );
    };
    const store = await openPostgres({ shape: { ...DEFAULT_HOST, createTables, options: { host } } });
    expect((await verifySchema(nodePostgres(store.pool), { host })).mismatches).toEqual([]);
    const app = given.app(store);
    const { tenantId, bindingId, versionIds } = await given.requestedBuild(app);
    const rows = async () => (await store.pool.query('select task_type, archived, source from tasks')).rows;
    expect(await rows()).toEqual(Array(8).fill({ task_type: 'build', archived: false, source: 'library' }));
    await app.builds.cancelBuild({ tenantId, bindingId, userId: stableId('user'), reason: 'Again.' });
    const again = { tenantId, automationVersionId: `${versionIds[0]}`, trigger: 'auto_build' } as const;
    expect((await app.builds.requestBuild(again)).isOk()).toBe(true);
    expect(await rows()).toHaveLength(8);
    await store.close();
  });
});
