import { buildableProject } from '../../../../src/testing/builders.js';
import { wrkBehaviour } from '../../../../src/testing/wrk/fake-wrk-behaviour.js';
import { type Desk, ORDER } from '../../../operations/support/in-each-family.js';
import { type Exchange, recordingDesk } from './recording-desk.js';

const REASON = { reason: ORDER.reason };

/** Uses every operation at least once with success, on builds in every status. */
export async function walkRoutes(desk: Desk): Promise<readonly Exchange[]> {
  const [unsigned, first, second, third, fourth] = ['unsigned', '1', '2', '3', '4'].map((name) =>
    buildableProject({ name }),
  );
  if (!unsigned || !first || !second || !third || !fourth) throw new Error('There are five projects.');
  for (const { rows } of [unsigned, first, second, third, fourth]) await desk.host.insert(rows);
  await desk.host.update('quotes', unsigned.quoteId, { status: 'sent' });
  const { exchanges, send } = recordingDesk(desk, first.tenantId);
  const command = (bindingId: unknown, name: string, body: object = {}) =>
    send('POST', `/v1/admin/builds/${bindingId}/${name}`, { ...REASON, ...body });

  // 1. What stands in the way, and what does not.
  await send('GET', `/v1/automation-versions/${unsigned.versionId}/prerequisites`);
  await send('GET', `/v1/admin/projects/${unsigned.projectId}/prerequisites`);
  const seen = await send('GET', `/v1/automation-versions/${first.versionId}/prerequisites`);

  // 2. One build that is completed, and one that WRK refuses.
  const status = `/v1/automation-versions/${first.versionId}/status`;
  const hints = { last_known_updated_at: seen.seen.body.updated_at, assignee_id: ORDER.userId };
  await send('PATCH', status, { status: 'Build in Progress', ...hints }, { 'idempotency-key': 'key-1' });
  await desk.work();
  desk.fake.script(wrkBehaviour.answers(422, { body: { errors: ['node n2: unknown type'] } }));
  const path = `/v1/admin/projects/${second.projectId}/request-build`;
  const refused = (await send('POST', path, { priority: 7 })).seen.body.binding_id;
  await desk.work();
  await send('GET', `/v1/admin/builds/${refused}`);
  await command(refused, 'assign', { assignee_id: ORDER.userId });
  await command(refused, 'assign', { assignee_id: null });
  await command(refused, 'retry', { fresh_key: true, accept_duplicate_risk: true });
  await desk.work();

  // 3. One that is cancelled, one that is adopted, and two that are retried together.
  const requested = async ({ projectId }: { readonly projectId: string }) =>
    (await send('POST', `/v1/admin/projects/${projectId}/request-build`, {})).seen.body.binding_id;
  const third1 = await requested(third);
  await command(third1, 'cancel', { accept_duplicate_risk: false });
  const fourth1 = await requested(fourth);
  const workflow = {
    workflow_id: 'wf-by-hand',
    workflow_url: 'https://app.wrk.example/workflows/wf-by-hand',
  };
  await command(fourth1, 'adopt', workflow);
  desk.fake.script(wrkBehaviour.answers(422), wrkBehaviour.answers(422));
  await requested(third);
  await desk.work();
  const blocked = await desk.request('5');
  await desk.work();
  await desk.host.update('automationVersions', blocked.versionId, { status: 'Archived' });
  await send('POST', '/v1/admin/builds/retry', { ...REASON, error_reason: 'blueprint_rejected', limit: 10 });

  // 4. What is there now.
  await send('GET', `/v1/admin/automation-versions/${first.versionId}/build`);
  const page = await send('GET', '/v1/admin/builds?limit=1&status=active');
  await send('GET', `/v1/admin/builds?limit=200&cursor=${page.seen.body.next_cursor}`);
  await send('GET', '/v1/openapi.json');
  return exchanges;
}
