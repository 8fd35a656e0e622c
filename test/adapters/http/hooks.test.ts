import { expect, it, onTestFinished } from 'vitest';
import { stableId } from '../../../src/testing/builders.js';
import { describeInEachFamily } from '../../operations/support/in-each-family.js';
import * as given from '../../support/given.js';
import { httpCaller } from './support/http-caller.js';

describeInEachFamily('a listener of the host’s', (open) => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('no disk');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('no disk'))],
  ])('that %s costs no answer, and is nothing that the process would end for', async (_, onAnswer) => {
    const app = open();
    const unresolved: unknown[] = [];
    const listen = (problem: unknown) => unresolved.push(problem);
    process.on('unhandledRejection', listen);
    onTestFinished(() => void process.off('unhandledRejection', listen));
    const { tenantId } = await given.requestedBuild(app);
    const { send } = httpCaller(app, tenantId, { onAnswer });
    expect((await send('GET', '/v1/admin/builds')).status).toBe(200);
    await new Promise(setImmediate);
    expect(unresolved).toEqual([]);
  });
});

describeInEachFamily('the host’s own way to move a version', (open) => {
  it.each([
    ['an id that no database stores', 'a%00b', '', 'id'],
    ['an id that is too long', 'x'.repeat(201), '', 'id'],
    ['a query that nobody reads', 'v1', '?force=1', 'query.force'],
  ])('is not asked about %s', async (_, id, query, path) => {
    const moved: string[] = [];
    const { send } = httpCaller(open(), stableId('acme'), {
      onOtherStatus: async (_request, { automationVersionId }) => {
        moved.push(automationVersionId);
        return Response.json({});
      },
    });
    const patch = (target: string) => send('PATCH', target, { status: 'QA & Testing' });
    const { status, body } = await patch(`/v1/automation-versions/${id}/status${query}`);
    expect([status, body.error_code]).toEqual([400, 'invalid_input']);
    expect(body.details).toMatchObject({
      findings: expect.arrayContaining([{ path, message: expect.any(String) }]),
    });
    expect((await patch('/v1/automation-versions/v1/status')).status).toBe(200);
    expect(moved, 'the one that is in order').toEqual(['v1']);
  });
});
