import { expect, it } from 'vitest';
import { buildableProject, stableId } from '../../src/testing/builders.js';
import { describeWithPostgres } from '../support/database.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { until } from '../support/until.js';
import * as when from '../support/when.js';
import { TO_OPS } from './support/faulty-app.js';
import { trigger, WITHOUT_TENANTS } from './support/host-refusals.js';
import { openOwnDatabase } from './support/own-database.js';

const command = (tenantId: string, bindingId: string) => ({
  tenantId,
  bindingId,
  userId: stableId('somebody on call'),
  reason: 'Ticket 4711',
});

describeWithPostgres('outcomes that the database refuses', () => {
  const REFUSALS = {
    '(i) the tenant is gone, and audit entries reference it': {
      refuse: WITHOUT_TENANTS,
      details: { sql_state: '23503', constraint: 'audit_logs_tenant', table: 'audit_logs' },
    },
    '(ii) a trigger refuses the status': {
      refuse: trigger(
        'automation_versions',
        `if new.status = 'QA & Testing' then raise exception 'not without a review'; end if; return new;`,
      ),
      details: { sql_state: 'P0001', host_function: 'of_the_host()' },
    },
    '(iii) a trigger touches a row that is written too': {
      refuse: trigger(
        'projects',
        'update automation_versions set updated_at = now() where project_id = new.id; return new;',
      ),
      details: { sql_state: '27000' },
    },
  };

  it.each(Object.entries(REFUSALS))(
    'row 44: A4 %s: the build ends with its workflow kept, ops told, and WRK is not asked again',
    async (_, { refuse, details }) => {
      const app = await openOwnDatabase();
      const { bindingId, tenantId } = await given.requestedBuild(app);
      await app.query(refuse);
      expect(await app.settle(), 'claims').toBeLessThan(3);
      expect(await then.binding(app, bindingId)).toMatchObject({
        status: 'error',
        error_reason: 'outcome_refused',
        error_details: details,
        wrk_workflow_id: 'wf_1',
      });
      expect([app.fake.calls().length, then.workflows(app)]).toEqual([1, { [bindingId]: 1 }]);
      expect(await then.addressees(app, 'build_failed')).toEqual(TO_OPS);
      const cancelled = await app.builds.cancelBuild({
        ...command(tenantId, bindingId),
        acceptDuplicateRisk: true,
      });
      expect(cancelled.isOk()).toBe(true);
      expect(await then.binding(app, bindingId)).toMatchObject({ status: 'cancelled' });
    },
  );

  it('row 44: A4 (iii) a trigger touches the row above: it is written first, and the build completes', async () => {
    const app = await openOwnDatabase();
    const { bindingId } = await given.requestedBuild(app);
    const body = 'update projects set updated_at = now() where id = new.project_id; return new;';
    await app.query(trigger('automation_versions', body));
    expect(await app.settle()).toBe(1);
    expect(await then.binding(app, bindingId)).toMatchObject({ status: 'active' });
  });

  it('row 44: A4 (iv) a finding of WRK has no place in the encoding: the build ends as rejected, and the blueprint is not sent again', async () => {
    const app = await openOwnDatabase({ encoding: 'LATIN1' });
    const { bindingId } = await given.requestedBuild(app);
    const process = app.another({
      around: async (post) => {
        await post();
        return { kind: 'rejected', detail: 'WRK answered 422', findings: ['a → b'] };
      },
    });
    expect(await app.settle(process), 'claims').toBeLessThan(3);
    expect(await then.binding(app, bindingId)).toMatchObject({
      status: 'error',
      error_reason: 'blueprint_rejected',
    });
    expect(app.fake.calls()).toHaveLength(1);
    expect(await then.addressees(app, 'build_failed')).toEqual(TO_OPS);
  });

  it('row 44: A4 what WRK and a mail server write has no place in the encoding: the breaker opens, and deliveries are recorded', async () => {
    const app = await openOwnDatabase({ encoding: 'LATIN1' });
    await given.requestedBuild(app);
    const process = app.another({
      around: async () => ({ kind: 'access_denied', scope: 'everyone', detail: 'token → expired' }),
      email: { deliver: async () => ({ status: 'failed', retryable: false, reason: 'mailbox → full' }) },
    });
    const workers = when.start(process);
    await when.happened(process, 'circuit_breaker_opened');
    const failed = async () =>
      (await app.store.libraryRows()).deliveries.find(({ status }) => status === 'given_up');
    await until(async () => (await failed()) !== undefined);
    await workers.stop();
    expect(await failed()).toMatchObject({ problem: 'mailbox ? full' });
    const [breaker] = await app.query('select detail from wrk_builds.circuit_breakers');
    expect(breaker).toEqual({ detail: 'token ? expired' });
  });

  it('row 44: A4 a build whose outcome was refused is retried once the host is fixed: it completes with its workflow, without a call', async () => {
    const app = await openOwnDatabase();
    const { bindingId, tenantId } = await given.requestedBuild(app);
    await app.query(trigger('projects', `raise exception 'no';`));
    await app.settle();
    expect(await app.binding(bindingId)).toMatchObject({ error_reason: 'outcome_refused' });
    const retry = () => app.builds.retryBuild(command(tenantId, bindingId));
    expect((await retry())._unsafeUnwrapErr()).toMatchObject({
      code: 'host_refused',
      details: { hostFunction: 'of_the_host()' },
    });
    await app.query('drop trigger of_the_host on projects');
    expect((await retry()).isOk()).toBe(true);
    expect(await app.settle()).toBe(1);
    expect(await app.binding(bindingId)).toMatchObject({ status: 'active', run: 2, wrk_workflow_id: 'wf_1' });
    expect([app.fake.calls().length, then.workflows(app)]).toEqual([1, { [bindingId]: 1 }]);
    expect(await then.audited(app, 'build_complete')).toBe(1);
    expect((await app.builds.health()).status).toBe('ok');
  });

  it('row 44: A4 the host’s tables cannot even be read: a build can be cancelled all the same', async () => {
    const app = await openOwnDatabase();
    const { bindingId, tenantId } = await given.requestedBuild(app);
    await app.query('alter table tasks rename to to_dos');
    const cancelled = await app.builds.cancelBuild(command(tenantId, bindingId));
    expect(cancelled._unsafeUnwrap().hostRefusal).toContain('tasks');
    expect(await app.binding(bindingId)).toMatchObject({
      status: 'cancelled',
      error_details: { cancelled_by: stableId('somebody on call'), reason: 'Ticket 4711' },
    });
  });

  it.each([
    ['a version', 'automation_versions'],
    ['a project', 'projects'],
  ])('row 45: A5 a trigger drops the write of %s: nothing of the request stays', async (_, table) => {
    const app = await openOwnDatabase();
    const { rows, tenantId, versionIds } = buildableProject({ versions: 2 });
    await app.store.host.insert(rows);
    await app.query(trigger(table, 'return null;'));
    const before = await then.everything(app.store);
    for (const automationVersionId of versionIds) {
      const answer = await app.builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' });
      expect(answer._unsafeUnwrapErr()).toMatchObject({
        code: 'host_refused',
        details: { sqlState: 'WB002', table: `public.${table}` },
      });
    }
    expect(await then.everything(app.store)).toEqual(before);
  });

  it.each([
    ['the version', 'automation_versions', `new.status = 'QA & Testing'`],
    ['the project', 'projects', `new.status = 'QA & Testing'`],
    ['a task', 'tasks', `new.status = 'complete'`],
  ])(
    'row 45: A5 a trigger drops only %s of a completion: nothing of it stays, and the build keeps its workflow',
    async (_, table, condition) => {
      const app = await openOwnDatabase();
      const { bindingId } = await given.requestedBuild(app);
      await app.query(trigger(table, `if ${condition} then return null; end if; return new;`));
      const before = await app.store.host.read();
      expect(await app.settle(), 'claims').toBeLessThan(3);
      expect(await app.store.host.read()).toEqual(before);
      expect(await app.binding(bindingId)).toMatchObject({
        status: 'error',
        error_reason: 'outcome_refused',
        error_details: { sql_state: 'WB002', table: `public.${table}` },
        wrk_workflow_id: 'wf_1',
      });
      expect(app.fake.calls()).toHaveLength(1);
    },
  );
});
