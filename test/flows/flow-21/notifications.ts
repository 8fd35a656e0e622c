import { expect, it } from 'vitest';
import { stableId } from '../../../src/testing/builders.js';
import type { OpenFlowApp } from '../support/in-each-store.js';
import { bodiesIn, inAppUsers, readRows, recipientsOf } from '../support/rows.js';

const ENGINEER = stableId('engineer');

/** Who is told that a build has started. */
export function notificationTests(open: OpenFlowApp): void {
  it('21.notification.client-email The client is told by e-mail that the build has started', async () => {
    const app = await open();
    await app.accept();
    await app.deliver();
    expect(recipientsOf(app, 'email', 'build_started')).toEqual(['client']);
  });

  it('21.notification.engineer-email The solutions engineer is told by e-mail that the build is theirs', async () => {
    const app = await open();
    await app.accept({ assigneeId: ENGINEER });
    await app.deliver();
    expect(recipientsOf(app, 'email', 'build_assigned')).toEqual([ENGINEER]);
  });

  it('21.notification.unassigned-email The ops team is told instead while nobody is assigned', async () => {
    const app = await open();
    await app.accept();
    await app.deliver();
    expect(recipientsOf(app, 'email', 'build_assigned')).toEqual(['ops_team']);
  });

  it('21.notification.owner-in-app The project owner finds a notification in the application', async () => {
    const app = await open();
    await app.accept();
    await app.deliver();
    const rows = await readRows(app);
    expect(inAppUsers(rows, 'build_started')).toEqual([rows.project.ownerId]);
  });

  it('21.notification.slack The ops channel is told on Slack where the host has it', async () => {
    const app = await open({ slack: true });
    await app.accept();
    await app.deliver();
    expect(recipientsOf(app, 'slack', 'build_started')).toEqual(['ops_channel']);
  });

  it('21.notification.no-slack Nothing is planned for Slack where the host has none', async () => {
    const app = await open();
    await app.accept();
    const bodies = bodiesIn(await readRows(app), 'notifications');
    expect(bodies).not.toContainEqual(expect.objectContaining({ channel: 'slack' }));
    expect(bodies).toContainEqual(expect.objectContaining({ channel: 'email' }));
  });

  it('21.row.deliveries What became of each notification is kept for each recipient', async () => {
    const app = await open();
    await app.accept();
    await app.deliver();
    const { deliveries, project } = await readRows(app);
    const kept = deliveries.map((row) => [row.template, row.channel, row.recipient_id, row.status]);
    expect(kept.sort()).toEqual([
      ['build_assigned', 'email', 'ops_team', 'delivered'],
      ['build_started', 'email', 'client', 'delivered'],
      ['build_started', 'in_app', project.ownerId, 'delivered'],
    ]);
  });
}
