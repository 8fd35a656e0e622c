import { expect, it } from 'vitest';
import { stableId } from '../../src/testing/builders.js';
import { describeWithPostgres } from '../support/database.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
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
    'A4 (i) the tenant is gone, and audit entries reference it': {
      refuse: WITHOUT_TENANTS,
      details: { sql_state: '23503', constraint: 'audit_logs_tenant', table: 'audit_logs' },
    },
    'A4 (ii) a trigger refuses the status': {
      refuse: trigger(
        'automation_versions',
        `if new.status = 'QA & Testing' then raise exception 'not without a review'; end if; return new;`,
      ),
      details: { sql_state: 'P0001', host_function: 'of_the_host()' },
    },
    'A4 (iii) a trigger touches a row that is written too': {
      refuse: trigger(
        'projects',
        'update automation_versions set updated_at = now() where project_id = new.id; return new;',
      ),
      details: { sql_state: '27000' },
    },
  };

  it.each(Object.entries(REFUSALS))(
    'row 44: %s: the build ends with its workflow kept, ops told, and WRK is not asked again',
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
});
