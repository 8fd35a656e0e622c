import { expect, it } from 'vitest';
import { fakeWrkClient } from 'wrk-builds/testing';
import type { FlowApp, FlowAppOptions } from '../support/flow-app.js';
import type { OpenFlowApp } from '../support/in-each-store.js';
import { inAppUsers, readRows, recipientsOf } from '../support/rows.js';

/** Who is told that a build is complete. */
export function notificationTests(open: OpenFlowApp): void {
  it('22.notification.client-email The client is told by e-mail that the build is complete', async () => {
    const app = await open();
    await app.accept();
    await app.work();
    expect(recipientsOf(app, 'email', 'build_complete')).toEqual(['client']);
  });

  it('22.notification.ops-email The ops team is told by e-mail that there is something to test', async () => {
    const app = await open();
    await app.accept();
    await app.work();
    expect(recipientsOf(app, 'email', 'qa_ready')).toEqual(['ops_team']);
  });

  it('22.notification.owner-in-app The project owner finds a notification in the application', async () => {
    const app = await open();
    await app.accept();
    await app.work();
    const rows = await readRows(app);
    expect(inAppUsers(rows, 'build_complete')).toEqual([rows.project.ownerId]);
  });

  it('22.notification.by-worker Notifications are sent by the notification worker, not by the build', async () => {
    const app = await open();
    await app.accept();
    await app.buildUntil();
    expect(app.sent).toEqual([]);
    await app.deliver();
    expect(recipientsOf(app, 'email', 'build_complete')).toEqual(['client']);
  });

  it('22.notification.unbound-email Ops are told by e-mail of a workflow whose version was archived meanwhile', async () => {
    const app = await openAndArchive(open);
    expect(recipientsOf(app, 'email', 'workflow_unbound')).toEqual(['ops_team']);
  });

  it('22.notification.unbound-in-app Ops find it in the application too', async () => {
    const app = await openAndArchive(open);
    expect(inAppUsers(await readRows(app), 'workflow_unbound')).toEqual(['ops_team']);
  });
}

/** The host archives the version while WRK is at work, and the build reaches its end. */
async function openAndArchive(open: (options: FlowAppOptions) => Promise<FlowApp>): Promise<FlowApp> {
  let archive = async () => {};
  const app = await open({
    latencyMs: 1,
    wrk: (fake) => fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' }, sleep: () => archive() }),
  });
  archive = () => app.store.host.update('automationVersions', app.project.versionId, { status: 'Archived' });
  await app.accept();
  await app.work();
  return app;
}
