import { expect, it } from 'vitest';
import { buildableProject } from 'wrk-builds/testing';
import type { FlowFamily } from '../support/flow-stores.js';
import type { OpenFlowApp } from '../support/in-each-store.js';
import { refuse } from '../support/refusals.js';
import { addTask } from '../support/tasks.js';

/** Which requests are refused, and that they leave nothing behind. */
export function exceptionTests(open: OpenFlowApp, { severalVersions }: FlowFamily): void {
  it('21.exception.quote-not-signed A version whose quote is not signed is refused with 400', async () => {
    const app = await open();
    await app.store.host.update('quotes', app.project.quoteId, { status: 'sent' });
    const { status, body } = await refuse(app);
    expect([status, body.error_code]).toEqual([400, 'quote_not_signed']);
    expect(body.message).toBe('The quote is not signed: have the client sign it first.');
  });

  it('21.exception.blueprint-incomplete A blueprint with nothing in it is refused with 400', async () => {
    const app = await open();
    const { document: blueprintJson, paths } = app.store.incomplete;
    await app.store.host.update('automationVersions', app.project.versionId, { blueprintJson });
    const { status, body } = await refuse(app);
    expect([status, body.error_code]).toEqual([400, 'blueprint_incomplete']);
    expect(body.details).toMatchObject({
      missing: [{ code: 'blueprint_incomplete', findings: paths.map((path) => ({ path })) }],
    });
  });

  it('21.exception.blocking-issue A project with an open blocker is refused with 400', async () => {
    const app = await open();
    const blocker = { templateSlug: 'sign-dpa', kind: 'issue', title: 'Sign the DPA', isBlocker: true };
    const { id } = await addTask(app, blocker);
    const { status, body } = await refuse(app);
    expect([status, body.error_code]).toEqual([400, 'missing_prerequisites']);
    expect(body.details).toMatchObject({ missing: [{ code: 'blocking_issue', task_id: id }] });
  });

  it('21.exception.in-progress A version that is being built is refused with 409', async () => {
    const app = await open();
    await app.accept();
    const { status, body } = await refuse(app);
    expect([status, body.error_code]).toEqual([409, 'build_already_in_progress']);
    expect(body.details).toMatchObject({
      automation_version_id: app.project.versionId,
      binding_status: 'pending',
    });
  });

  it.skipIf(!severalVersions)(
    '21.exception.sibling-in-progress A version whose project builds another one is refused with 409',
    async () => {
      const app = await open();
      const { versionIds, rows } = buildableProject({ versions: 2 });
      const [, sibling = ''] = versionIds;
      await app.store.host.insert({
        automationVersions: rows.automationVersions?.slice(1),
        quotes: rows.quotes?.slice(1),
      });
      await app.accept();
      const { status, body } = await refuse(app, { automationVersionId: sibling });
      expect([status, body.error_code]).toEqual([409, 'build_already_in_progress']);
      expect(body.details).toMatchObject({ automation_version_id: app.project.versionId });
    },
  );

  it('21.exception.missing-prerequisites Everything that is missing is listed at once, with 400', async () => {
    const notReviewed = [{ prerequisite: 'ops_review', message: 'Ops have not reviewed the build yet.' }];
    const app = await open({ prerequisites: [async () => notReviewed] });
    const { quoteId, versionId } = app.project;
    await app.store.host.update('quotes', quoteId, { status: 'sent' });
    await app.store.host.update('automationVersions', versionId, { blueprintJson: {} });
    await addTask(app, { templateSlug: 'sign-dpa', kind: 'issue', isBlocker: true });
    const { status, body } = await refuse(app);
    expect([status, body.error_code]).toEqual([400, 'missing_prerequisites']);
    expect(body.details).toMatchObject({
      missing: [
        { code: 'quote_not_signed' },
        { code: 'blueprint_incomplete' },
        { code: 'blocking_issue' },
        { code: 'host_prerequisite', prerequisite: 'ops_review' },
      ],
    });
  });
}
