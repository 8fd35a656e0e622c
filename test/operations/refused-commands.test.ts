import { expect, it } from 'vitest';
import type { WorkflowCheck } from '../../src/core/orchestration/wrk-answer.js';
import { stableId } from '../../src/testing/builders.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import * as given from '../support/given.js';
import * as when from '../support/when.js';
import { type AnyApp, BY_OPS, describeInEachFamily } from './support/in-each-family.js';

const WORKFLOW = { workflowId: 'wf-by-hand', workflowUrl: 'https://app.wrk.example/workflows/wf-by-hand' };

const refusals = async (app: AnyApp) =>
  (await app.store.libraryRows()).audit.filter(({ action_type }) => action_type === 'command_refused');

describeInEachFamily('refused commands of the ops team', (open) => {
  it('B2 each leaves one audit entry and changes nothing else; of a build that the tenant lacks there is none', async () => {
    const app = open();
    const { tenantId, bindingId, versionId } = await given.requestedBuild(app);
    await when.work(app);
    const before = await app.store.libraryRows();
    const command = { tenantId, bindingId, ...BY_OPS };
    await app.builds.retryBuild(command);
    await app.builds.assignBuild({ ...command, assigneeId: stableId('ada') });
    await app.builds.adoptWorkflow({ ...command, ...WORKFLOW });
    await app.builds.cancelBuild(command);
    const { audit, ...rest } = await app.store.libraryRows();
    expect(rest).toEqual({ ...before, audit: undefined });
    expect(audit).toHaveLength(before.audit.length + 4);
    const refused = { code: 'wrong_build_status', reason: BY_OPS.reason, binding_id: bindingId, run: 1 };
    expect(await refusals(app)).toEqual(
      expect.arrayContaining(
        [
          { command: 'adopt', workflow_id: WORKFLOW.workflowId },
          { command: 'assign', assignee_id: stableId('ada') },
          { command: 'cancel' },
          { command: 'retry' },
        ].map((each) =>
          expect.objectContaining({
            tenant_id: tenantId,
            user_id: BY_OPS.userId,
            resource_id: versionId,
            metadata_json: { ...refused, ...each },
          }),
        ),
      ),
    );

    await app.builds.cancelBuild({ ...command, bindingId: stableId('nobody') });
    await app.builds.cancelBuild({ ...command, tenantId: stableId('another tenant') });
    expect(await refusals(app)).toHaveLength(4);
  });

  it('B2 a workflow that WRK does not have for the tenant is refused in the same words as one that another build has', async () => {
    let check: WorkflowCheck = { kind: 'verified' };
    const asked: unknown[] = [];
    const app = open({
      client: (client) => ({
        ...client,
        verifyWorkflow: async ({ tenantId, workflowId }) => {
          asked.push({ tenantId, workflowId });
          return check;
        },
      }),
    });
    await given.requestedBuild(app, 'first');
    await when.work(app);
    const [made] = app.fake.workflows();
    app.fake.script(wrkBehaviour.answers(422));
    const { tenantId, bindingId } = await given.requestedBuild(app, 'second');
    await when.work(app);
    const adopt = (workflow: { workflowId: string; workflowUrl: string }) =>
      app.builds.adoptWorkflow({ tenantId, bindingId, ...workflow, ...BY_OPS });

    const taken = (
      await adopt({ workflowId: made?.id ?? '', workflowUrl: made?.url ?? '' })
    )._unsafeUnwrapErr();
    check = { kind: 'not_found' };
    const missing = (await adopt(WORKFLOW))._unsafeUnwrapErr();
    const about = (text: string) => text.replaceAll(/wf[-_][a-z0-9-]+/g, 'ID');
    expect(taken.code).toBe('workflow_not_adoptable');
    expect(about(JSON.stringify(missing))).toBe(about(JSON.stringify(taken)));

    check = { kind: 'failed', detail: 'WRK answered 503' };
    expect((await adopt(WORKFLOW))._unsafeUnwrapErr().code).toBe('workflow_not_verified');
    const left = (await refusals(app)).map(({ metadata_json }) => metadata_json);
    const of = (code: string, workflow_id?: string) => expect.objectContaining({ code, workflow_id });
    expect(left).toHaveLength(3);
    expect(left).toEqual(
      expect.arrayContaining([
        of('workflow_not_adoptable', made?.id),
        of('workflow_not_adoptable', WORKFLOW.workflowId),
        of('workflow_not_verified', WORKFLOW.workflowId),
      ]),
    );
    check = { kind: 'verified' };
    expect((await adopt(WORKFLOW))._unsafeUnwrap().status).toBe('active');
    expect(asked.at(-1)).toEqual({ tenantId, workflowId: WORKFLOW.workflowId });
  });
});
