import * as z from 'zod';
import { buildableProject } from '../../../../src/testing/builders.js';
import { wrkBehaviour } from '../../../../src/testing/wrk/fake-wrk-behaviour.js';
import { type AnyApp, BY_OPS } from '../../../operations/support/in-each-family.js';
import * as given from '../../../support/given.js';
import * as when from '../../../support/when.js';
import { type Exchange, recordingCaller } from './recording-caller.js';

const REASON = { reason: BY_OPS.reason };

/** Uses every operation at least once with success, on builds in every status. */
export async function walkRoutes(app: AnyApp): Promise<readonly Exchange[]> {
  const [unsigned, first, second, third, fourth] = ['unsigned', '1', '2', '3', '4'].map((name) =>
    buildableProject({ name }),
  );
  if (!unsigned || !first || !second || !third || !fourth) throw new Error('There are five projects.');
  for (const { rows } of [unsigned, first, second, third, fourth]) await app.store.host.insert(rows);
  await app.store.host.update('quotes', unsigned.quoteId, { status: 'sent' });
  const { exchanges, send } = recordingCaller(app, first.tenantId);
  const command = (bindingId: unknown, name: string, body: object = {}) =>
    send('POST', `/v1/admin/builds/${bindingId}/${name}`, { ...REASON, ...body });

  // 1. What stands in the way, and what does not.
  await send('GET', `/v1/automation-versions/${unsigned.versionId}/prerequisites`);
  await send('GET', `/v1/admin/projects/${unsigned.projectId}/prerequisites`);
  const seen = await send('GET', `/v1/automation-versions/${first.versionId}/prerequisites`);

  // 2. One build that is completed, and one that WRK refuses.
  const status = `/v1/automation-versions/${first.versionId}/status`;
  const hints = { last_known_updated_at: seen.seen.body.updated_at, assignee_id: BY_OPS.userId };
  await send('PATCH', status, { status: 'Build in Progress', ...hints }, { 'idempotency-key': 'key-1' });
  await when.work(app);
  app.fake.script(wrkBehaviour.answers(422, { body: { errors: ['node n2: unknown type'] } }));
  const path = `/v1/admin/projects/${second.projectId}/request-build`;
  const refused = (await send('POST', path, { priority: 7 })).seen.body.binding_id;
  await when.work(app);
  await send('GET', `/v1/admin/builds/${refused}`);
  await command(refused, 'assign', { assignee_id: BY_OPS.userId });
  await command(refused, 'assign', { assignee_id: null });
  await command(refused, 'retry', { fresh_key: true, accept_duplicate_risk: true });
  await when.work(app);

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
  await command(fourth1, 'undo-adoption');
  await command(fourth1, 'adopt', workflow);
  app.fake.script(wrkBehaviour.answers(422), wrkBehaviour.answers(422));
  await requested(third);
  await when.work(app);
  const blocked = await given.requestedBuild(app, '5');
  await when.work(app);
  await app.store.host.update('automationVersions', blocked.versionId, { status: 'Archived' });
  await send('POST', '/v1/admin/builds/retry', { ...REASON, error_reason: 'blueprint_rejected', limit: 10 });

  // 4. What is there now.
  await send('GET', `/v1/admin/automation-versions/${first.versionId}/build`);
  for (const { versionId } of [first, second, third, blocked]) {
    await send('GET', `/v1/automation-versions/${versionId}/build`);
  }
  const page = await send('GET', '/v1/admin/builds?limit=1&status=active');
  await send('GET', `/v1/admin/builds?limit=200&cursor=${page.seen.body.next_cursor}`);
  await send('GET', '/v1/admin/health');
  await send('GET', '/v1/admin/stats');
  await app.giveUpMessage(first.tenantId, 'nobody receives it');
  const { dead_letters: letters } = (await send('GET', '/v1/admin/dead-letters?limit=5')).seen.body;
  const ids = z.array(z.object({ id: z.string() })).parse(letters);
  await send('POST', '/v1/admin/dead-letters/redrive', { ids: ids.map(({ id }) => id) });
  await send('GET', '/v1/openapi.json');
  return exchanges;
}
