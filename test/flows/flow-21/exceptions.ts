import { expect, it } from 'vitest';
import { buildableProject } from 'wrk-builds/testing';
import type { FlowFamily } from '../support/flow-stores.js';
import type { OpenScene } from '../support/in-each-store.js';
import { refuse } from '../support/refusals.js';
import { addTask } from '../support/tasks.js';

/** Which requests are refused, and that they leave nothing behind. */
export function exceptionTests(open: OpenScene, { severalVersions }: FlowFamily): void {
  it('21.exception.quote-not-signed A version whose quote is not signed is refused with 400', async () => {
    const scene = await open();
    await scene.store.host.update('quotes', scene.project.quoteId, { status: 'sent' });
    const { status, body } = await refuse(scene);
    expect([status, body.error_code]).toEqual([400, 'quote_not_signed']);
    expect(body.message).toBe('The quote is not signed: have the client sign it first.');
  });

  it('21.exception.blueprint-incomplete A blueprint with nothing in it is refused with 400', async () => {
    const scene = await open();
    const { document: blueprintJson, paths } = scene.store.incomplete;
    await scene.store.host.update('automationVersions', scene.project.versionId, { blueprintJson });
    const { status, body } = await refuse(scene);
    expect([status, body.error_code]).toEqual([400, 'blueprint_incomplete']);
    expect(body.details).toMatchObject({
      missing: [{ code: 'blueprint_incomplete', findings: paths.map((path) => ({ path })) }],
    });
  });

  it('21.exception.blocking-issue A project with an open blocker is refused with 400', async () => {
    const scene = await open();
    const blocker = { templateSlug: 'sign-dpa', kind: 'issue', title: 'Sign the DPA', isBlocker: true };
    const { id } = await addTask(scene, blocker);
    const { status, body } = await refuse(scene);
    expect([status, body.error_code]).toEqual([400, 'missing_prerequisites']);
    expect(body.details).toMatchObject({ missing: [{ code: 'blocking_issue', task_id: id }] });
  });

  it('21.exception.in-progress A version that is being built is refused with 409', async () => {
    const scene = await open();
    await scene.accept();
    const { status, body } = await refuse(scene);
    expect([status, body.error_code]).toEqual([409, 'build_already_in_progress']);
    expect(body.details).toMatchObject({
      automation_version_id: scene.project.versionId,
      binding_status: 'pending',
    });
  });

  it.skipIf(!severalVersions)(
    '21.exception.sibling-in-progress A version whose project builds another one is refused with 409',
    async () => {
      const scene = await open();
      const { versionIds, rows } = buildableProject({ versions: 2 });
      const [, sibling = ''] = versionIds;
      await scene.store.host.insert({
        automationVersions: rows.automationVersions?.slice(1),
        quotes: rows.quotes?.slice(1),
      });
      await scene.accept();
      const { status, body } = await refuse(scene, { automationVersionId: sibling });
      expect([status, body.error_code]).toEqual([409, 'build_already_in_progress']);
      expect(body.details).toMatchObject({ automation_version_id: scene.project.versionId });
    },
  );

  it('21.exception.missing-prerequisites Everything that is missing is listed at once, with 400', async () => {
    const notReviewed = [{ prerequisite: 'ops_review', message: 'Ops have not reviewed the build yet.' }];
    const scene = await open({ prerequisites: [async () => notReviewed] });
    const { quoteId, versionId } = scene.project;
    await scene.store.host.update('quotes', quoteId, { status: 'sent' });
    await scene.store.host.update('automationVersions', versionId, { blueprintJson: {} });
    await addTask(scene, { templateSlug: 'sign-dpa', kind: 'issue', isBlocker: true });
    const { status, body } = await refuse(scene);
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
