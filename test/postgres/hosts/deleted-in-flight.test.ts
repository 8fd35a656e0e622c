import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BuildableProject, stableId } from '../../../src/testing/builders.js';
import { completedDecision } from '../../../src/testing/decision-builders.js';
import { openApp } from '../../support/app.js';
import { describeWithPostgres } from '../../support/database.js';
import * as given from '../../support/given.js';
import * as then from '../../support/then.js';
import { until } from '../../support/until.js';
import * as when from '../../support/when.js';
import { type Agency, openAgency, requestOf } from './agency.js';

/** How the agency deletes a row, softly or for good. */
const DELETIONS = {
  versions: {
    softly: 'update agency.versions set deleted_at = now() where id = $1',
    really: `with tasks as (delete from agency.tasks where automation_version_id = $1),
                  quotes as (delete from agency.quotes where automation_version_id = $1)
             delete from agency.versions where id = $1`,
  },
  projects: {
    softly: 'update agency.projects set deleted_at = now() where id = $1',
    really: `with versions as (update agency.versions set project_id = null where project_id = $1),
                  tasks as (delete from agency.tasks where project_id = $1)
             delete from agency.projects where id = $1`,
  },
} as const;

type Deletable = keyof typeof DELETIONS;
type Way = 'softly' | 'really';

const idOf = ({ versionId, projectId }: BuildableProject, table: Deletable) =>
  table === 'versions' ? versionId : projectId;

describeWithPostgres('C2: what is deleted while its build is under way', () => {
  let agency: Agency;
  beforeAll(async () => {
    agency = await openAgency();
  });
  beforeEach(() => agency.store.clear());
  afterAll(() => agency.store.close());

  /** Deletes a row, and says afterwards whether somebody has written it since. */
  const remove = async (project: BuildableProject, table: Deletable, how: Way) => {
    const id = idOf(project, table);
    const read = () => agency.rows(`select xmin::text from agency.${table} where id = $1`, [id]);
    await agency.rows(DELETIONS[table][how], [id]);
    const before = await read();
    return { staysAsItIs: async () => expect(await read()).toEqual(before) };
  };

  /** What becomes of a build of which something is deleted. */
  const outcome = async (table: Deletable, during: 'the wait' | 'the call', how: Way) => {
    await agency.store.clear();
    const project = await agency.project('in flight');
    const removed: Awaited<ReturnType<typeof remove>>[] = [];
    const app = openApp(agency.store, {
      wrk: {
        ...agency.wrk,
        createWorkflow: async (call) => {
          const answer = await agency.wrk.createWorkflow(call);
          removed.push(await remove(project, table, how));
          return answer;
        },
      },
    });
    expect((await app.builds.requestBuild(requestOf(project))).isOk()).toBe(true);
    if (during === 'the wait') removed.push(await remove(project, table, how));
    await when.work(app);
    for (const { staysAsItIs } of removed) await staysAsItIs();
    const { bindings, audit, messages } = await agency.store.libraryRows();
    return {
      bindings: bindings.map(({ status, error_reason }) => [status, error_reason]),
      calls: (await then.calls(app)).map(({ outcome, wrk_workflow_id }) => [
        outcome,
        wrk_workflow_id !== null,
      ]),
      audit: audit.map(({ action_type }) => action_type),
      messages: messages.map(({ body }) => `${Object(body).template} to ${Object(body).audience}`),
    };
  };

  describe.each(['versions', 'projects'] as const)('C2: a row of %s', (table) => {
    it.each(['the wait', 'the call'] as const)(
      'that is deleted softly during %s ends the build as one that is deleted for good, and is not written',
      async (during) => {
        const softly = await outcome(table, during, 'softly');
        expect(softly).toMatchObject({
          bindings: [['error', 'not_buildable']],
          calls: [during === 'the call' ? ['created', true] : ['not_sent', false]],
        });
        expect(softly).toEqual(await outcome(table, during, 'really'));
      },
    );
  });

  it('C2: a build whose version was deleted softly is cancelled, its project goes back, and the version is not written', async () => {
    const project = await agency.project('cancelled');
    const { tenantId, projectId } = project;
    const { bindingId } = (await agency.builds.requestBuild(requestOf(project)))._unsafeUnwrap();
    const { staysAsItIs } = await remove(project, 'versions', 'softly');
    const by = { userId: stableId('user'), reason: 'Deleted.' };
    expect((await agency.builds.cancelBuild({ tenantId, bindingId, ...by })).isOk()).toBe(true);
    await staysAsItIs();
    const stored = await agency.rows('select stage from agency.projects where id = $1', [projectId]);
    expect(stored).toEqual([{ stage: 'ready' }]);
  });
});

const BARRIER = 4711;

/** A view through which the library reads the projects, and which stands still while somebody holds the barrier. */
const BEHIND_BARRIER = `
  create function agency.wait_at_barrier() returns boolean language plpgsql as $$
  begin perform pg_advisory_xact_lock_shared(${BARRIER}); return true; end $$;
  create view agency.held_up as select p.*, p.xmin from agency.projects p where agency.wait_at_barrier();`;

describeWithPostgres('C2: what is deleted softly between the snapshot of a commit and its locks', () => {
  let agency: Agency;
  beforeAll(async () => {
    agency = await openAgency({ projects: { table: 'held_up' } }, BEHIND_BARRIER);
  });
  beforeEach(() => agency.store.clear());
  afterAll(() => agency.store.close());

  /** Saves a decision, whose statement has its snapshot and no lock yet when `meanwhile` comes. */
  const saveWhile = async (decision: Parameters<typeof when.save>[1], meanwhile: () => Promise<unknown>) => {
    const host = await agency.store.pool.connect();
    await host.query(`select pg_advisory_lock(${BARRIER})`);
    const saving = when.save(agency.store, decision);
    await until(async () => (await host.query(WAITING)).rows.length > 0);
    await meanwhile();
    await host.query(`select pg_advisory_unlock(${BARRIER})`);
    host.release();
    return saving;
  };

  it('makes a decision stale that was made on it, and nothing is written', async () => {
    for (const table of ['projects', 'versions', 'quotes'] as const) {
      const project = await agency.project(table);
      const decision = await given.acceptance(agency.store, project);
      const id = { projects: project.projectId, versions: project.versionId, quotes: project.quoteId }[table];
      const remove = () => agency.rows(`update agency.${table} set deleted_at = now() where id = $1`, [id]);
      expect([table, await saveWhile(decision, remove)]).toEqual([table, ['stale']]);
    }
    expect((await agency.store.libraryRows()).bindings).toEqual([]);
    expect(await agency.rows(`select from agency.tasks`)).toEqual([]);
  });

  it('makes a decision busy that would have written it, and the next one does without it', async () => {
    const project = await agency.project('tasks');
    const build = await given.build(agency.store, project);
    const decision = completedDecision(await when.claim(agency.store, build));
    expect(decision.setTasks).toHaveLength(1);
    const remove = () =>
      agency.rows(`update agency.tasks set deleted_at = now() where category = 'integration'`);
    expect(await saveWhile(decision, remove)).toEqual(['busy']);
    const [again] = await agency.store.repository.loadBuilds([build], when.PATIENT);
    expect(again?.checklist.map(({ category }) => category)).toEqual(['manual']);
    expect(await when.save(agency.store, { ...decision, setTasks: [] })).toEqual(['ok']);
    expect(await agency.rows(`select stage from agency.tasks where deleted_at is not null`)).toEqual([
      { stage: 'todo' },
    ]);
  });
});

const WAITING = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
