import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { wrkHttp } from '../../../src/adapters/wrk-http/index.js';
import { callFor, serve, WORKFLOW } from './raw-server.js';

const byKey = { by: 'idempotency-key' } as const;
const clientFor = (baseUrl: string, deadlineMs = 30_000) =>
  wrkHttp({ baseUrl, duplicates: byKey, deadlineMs });

/** What the client makes of one answer. */
async function answerTo(status: number, body: string | Buffer, headers: Record<string, string> = {}) {
  const wrk = await serve((response) => response.writeHead(status, headers).end(body));
  return await clientFor(wrk.url).createWorkflow(callFor());
}

describe('what wrkHttp makes of an answer', () => {
  it.each([
    [405, { kind: 'access_denied', scope: 'everyone' }],
    [410, { kind: 'access_denied', scope: 'tenant' }],
    [413, { kind: 'rejected', findings: [] }],
    [304, { kind: 'api_error' }],
    [402, { kind: 'api_error' }],
    [599, { kind: 'api_error' }],
  ])('takes %i as %o', async (status, answer) => {
    expect(await answerTo(status, '')).toMatchObject(answer);
  });

  it.each([301, 302, 303, 307, 308])('never calls where a %i points', async (status) => {
    const elsewhere = await serve((response) => response.writeHead(201).end(WORKFLOW));
    const answer = await answerTo(status, WORKFLOW, { location: `${elsewhere.url}/wrk-api/workflows` });
    const denied = [301, 307, 308].includes(status);
    expect(answer).toMatchObject(
      denied ? { kind: 'access_denied', scope: 'everyone' } : { kind: 'api_error' },
    );
    expect(elsewhere.seen).toEqual([]);
  });

  it('tells a call still under way from a workflow that exists, by the Retry-After of a 409', async () => {
    expect(await answerTo(409, '{}', { 'retry-after': '3' })).toMatchObject({
      kind: 'api_error',
      retryAfterMs: 3_000,
    });
    expect(await answerTo(409, WORKFLOW, { 'retry-after': '3' })).toMatchObject({
      kind: 'already_exists',
      workflowId: 'wf_1',
    });
  });

  it('keeps of a 409 the parts that can be believed', async () => {
    const body = JSON.stringify({ workflow_id: 'wf_1', workflow_url: 'javascript:alert(1)', reference: 7 });
    expect(await answerTo(409, body)).toMatchObject({
      workflowId: 'wf_1',
      workflowUrl: null,
      reference: null,
    });
    expect(await answerTo(409, '<html>')).toMatchObject({ kind: 'already_exists', workflowId: null });
  });

  it('takes a number as tenant where it is ours, and no tenant as no claim', async () => {
    const workflow = { workflow_id: 'wf_1', workflow_url: 'https://app.wrk.example/1' };
    for (const tenant of ['tenant-a', null, undefined]) {
      expect(await answerTo(201, JSON.stringify({ ...workflow, tenant_id: tenant }))).toMatchObject({
        kind: 'created',
      });
    }
    const wrk = await serve((response) => response.end(JSON.stringify({ ...workflow, tenant_id: 42 })));
    const answer = await clientFor(wrk.url).createWorkflow(callFor({ tenantId: '42' }));
    expect(answer).toMatchObject({ kind: 'created' });
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['JSON that is no object', '"wf_1"', /not a JSON object/],
    ['no JSON', 'created', /not JSON/],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), /not UTF-8/],
    ['a number as id', '{"workflow_id":1,"workflow_url":"https://a.example"}', /no usable workflow_id/],
    [
      'a foreign tenant',
      '{"workflow_id":"1","workflow_url":"https://a.example","tenant_id":{}}',
      /another tenant/,
    ],
  ])('says without quoting it why %s cannot be used', async (_what, body, why) => {
    expect(await answerTo(201, body)).toMatchObject({ kind: 'unusable', detail: expect.stringMatching(why) });
  });

  it('reads a body that starts with a byte order mark', async () => {
    expect(await answerTo(201, `\ufeff${WORKFLOW}`)).toMatchObject({ kind: 'created' });
  });

  it('hands on findings of a refusal up to the cap, and stays a refusal beyond it', async () => {
    expect(await answerTo(422, JSON.stringify({ errors: ['x'] }))).toMatchObject({ findings: ['x'] });
    expect(await answerTo(422, JSON.stringify({ errors: ['x'.repeat(2_000_000)] }))).toMatchObject({
      kind: 'rejected',
      findings: [],
      detail: expect.stringContaining('could not be read'),
    });
  });

  it('counts the cap over what is unpacked', async () => {
    const bomb = gzipSync(`${WORKFLOW}${' '.repeat(5_000_000)}`);
    expect(bomb.byteLength).toBeLessThan(100_000);
    expect(await answerTo(201, bomb, { 'content-encoding': 'gzip' })).toMatchObject({ kind: 'unusable' });
    expect(await answerTo(201, gzipSync(WORKFLOW), { 'content-encoding': 'gzip' })).toMatchObject({
      kind: 'created',
    });
  });

  it('reads up to the cap to the byte', async () => {
    const padded = (size: number) => WORKFLOW.padEnd(size);
    const wrk = await serve((response, { request }) =>
      response.end(padded(Number(request.headers['x-request-id']))),
    );
    const client = wrkHttp({ baseUrl: wrk.url, duplicates: byKey, maxBodyBytes: 1024 });
    expect(await client.createWorkflow(callFor({ requestId: '1024' }))).toMatchObject({ kind: 'created' });
    expect(await client.createWorkflow(callFor({ requestId: '1025' }))).toMatchObject({ kind: 'unusable' });
  });
});
