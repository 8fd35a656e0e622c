import { expect, it } from 'vitest';
import { fakeWrkClient } from 'wrk-builds/testing';
import type { OpenScene } from '../support/in-each-store.js';
import { inAppUsers, readRows, recipientsOf } from '../support/rows.js';
import type { Scene, SceneOptions } from '../support/scene.js';

/** Who is told that a build is complete. */
export function notificationTests(open: OpenScene): void {
  it('22.notification.client-email The client is told by e-mail that the build is complete', async () => {
    const scene = await open();
    await scene.accept();
    await scene.work();
    expect(recipientsOf(scene, 'email', 'build_complete')).toEqual(['client']);
  });

  it('22.notification.ops-email The ops team is told by e-mail that there is something to test', async () => {
    const scene = await open();
    await scene.accept();
    await scene.work();
    expect(recipientsOf(scene, 'email', 'qa_ready')).toEqual(['ops_team']);
  });

  it('22.notification.owner-in-app The project owner finds a notification in the application', async () => {
    const scene = await open();
    await scene.accept();
    await scene.work();
    const rows = await readRows(scene);
    expect(inAppUsers(rows, 'build_complete')).toEqual([rows.project.ownerId]);
  });

  it('22.notification.by-worker Notifications are sent by the notification worker, not by the build', async () => {
    const scene = await open();
    await scene.accept();
    await scene.buildUntil();
    expect(scene.sent).toEqual([]);
    await scene.deliver();
    expect(recipientsOf(scene, 'email', 'build_complete')).toEqual(['client']);
  });

  it('22.notification.unbound-email Ops are told by e-mail of a workflow whose version was archived meanwhile', async () => {
    const scene = await openAndArchive(open);
    expect(recipientsOf(scene, 'email', 'workflow_unbound')).toEqual(['ops_team']);
  });

  it('22.notification.unbound-in-app Ops find it in the application too', async () => {
    const scene = await openAndArchive(open);
    expect(inAppUsers(await readRows(scene), 'workflow_unbound')).toEqual(['ops_team']);
  });
}

/** The host archives the version while WRK is at work, and the build is worked off. */
async function openAndArchive(open: (options: SceneOptions) => Promise<Scene>): Promise<Scene> {
  let archive = async () => {};
  const scene = await open({
    latencyMs: 1,
    wrk: (fake) => fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' }, sleep: () => archive() }),
  });
  archive = () =>
    scene.store.host.update('automationVersions', scene.project.versionId, { status: 'Archived' });
  await scene.accept();
  await scene.work();
  return scene;
}
