import { describe, expect, it } from 'vitest';
import { secret, type WorkflowQuery, wrkHttp } from '../../../src/adapters/wrk-http/index.js';
import type { WrkLookup } from '../../../src/core/orchestration/wrk-answer.js';

const TOKEN = 'token-that-nobody-may-see';
const FOUND: WrkLookup = { kind: 'found', workflowId: 'wf_1', workflowUrl: 'https://app.wrk.example/1' };

const queryFor = (own: Partial<WorkflowQuery> = {}): WorkflowQuery => ({
  tenantId: 'tenant-a',
  reference: 'binding-1',
  requestId: 'request-1',
  besides: null,
  signal: new AbortController().signal,
  mayBegin: () => true,
  ...own,
});

const clientWith = (find: (query: WorkflowQuery) => Promise<WrkLookup>, deadlineMs = 30_000) =>
  wrkHttp({
    baseUrl: 'https://wrk.test',
    token: secret(TOKEN),
    duplicates: { by: 'lookup', find },
    deadlineMs,
  });

/** A `find` that goes through these, the last one for ever. */
function oneByOne(...turns: (() => Promise<WrkLookup>)[]) {
  const queries: WorkflowQuery[] = [];
  const find = (query: WorkflowQuery) => {
    queries.push(query);
    const turn = turns[Math.min(queries.length, turns.length) - 1];
    if (turn === undefined) throw new Error('no turn');
    return turn();
  };
  return { find, queries };
}

describe('findWorkflow of wrkHttp', () => {
  it('asks the host’s function and hands on what it found', async () => {
    const { find, queries } = oneByOne(async () => FOUND);
    expect(await clientWith(find).findWorkflow(queryFor())).toEqual(FOUND);
    expect(queries).toMatchObject([{ tenantId: 'tenant-a', reference: 'binding-1', requestId: 'request-1' }]);
  });

  it('tries three times in all, whether it throws or says that it failed', async () => {
    const recovering = oneByOne(
      () => Promise.reject(new Error('blip')),
      async () => ({ kind: 'failed', detail: 'HTTP 502' }),
      async () => ({ kind: 'absent' }),
    );
    expect(await clientWith(recovering.find).findWorkflow(queryFor())).toEqual({ kind: 'absent' });
    expect(recovering.queries).toHaveLength(3);

    const failing = oneByOne(async () => ({ kind: 'failed', detail: 'HTTP 502' }));
    expect(await clientWith(failing.find).findWorkflow(queryFor())).toEqual({
      kind: 'failed',
      detail: 'HTTP 502',
    });
    expect(failing.queries).toHaveLength(3);
  });

  it('does not ask again after an answer', async () => {
    const { find, queries } = oneByOne(async () => ({ kind: 'absent' }));
    await clientWith(find).findWorkflow(queryFor());
    expect(queries).toHaveLength(1);
  });

  it('says that it failed, without the words of the error', async () => {
    const { find } = oneByOne(() => Promise.reject(new RangeError(`GET /?token=${TOKEN}`)));
    expect(await clientWith(find).findWorkflow(queryFor())).toEqual({
      kind: 'failed',
      detail: 'the lookup threw RangeError',
    });
  });

  it('says what the host says, in one line and without the token', async () => {
    const { find } = oneByOne(async () => ({
      kind: 'failed',
      detail: `no\nluck with ${TOKEN} ${'x'.repeat(500)}`,
    }));
    const lookup = await clientWith(find).findWorkflow(queryFor());
    expect(lookup).toMatchObject({
      kind: 'failed',
      detail: expect.stringMatching(/^no luck with \[redacted\] x+$/),
    });
    expect(JSON.stringify(lookup).length).toBeLessThan(300);
  });

  it.each<[string, WrkLookup]>([
    ['an empty id', { ...FOUND, workflowId: '' }],
    ['a hostile URL', { ...FOUND, workflowUrl: 'javascript:alert(1)' }],
    ['plain http', { ...FOUND, workflowUrl: 'http://app.wrk.example/1' }],
    ['our token in its URL', { ...FOUND, workflowUrl: `https://app.wrk.example/?t=${TOKEN}` }],
  ])('does not believe a workflow with %s', async (_what, lookup) => {
    const { find } = oneByOne(async () => lookup);
    expect(await clientWith(find).findWorkflow(queryFor())).toMatchObject({ kind: 'failed' });
  });

  it('ends at the deadline, also where the function has no ear for its signal', async () => {
    const { find, queries } = oneByOne(() => new Promise(() => undefined));
    expect(await clientWith(find, 100).findWorkflow(queryFor())).toEqual({
      kind: 'failed',
      detail: 'the lookup did not finish within 100 ms',
    });
    expect(queries[0]?.signal.aborted).toBe(true);
  });

  it('ends when the caller hangs up, and does not begin for one that has', async () => {
    const caller = new AbortController();
    const { find, queries } = oneByOne(() => {
      caller.abort();
      return new Promise(() => undefined);
    });
    const client = clientWith(find);
    expect(await client.findWorkflow(queryFor({ signal: caller.signal }))).toMatchObject({ kind: 'failed' });
    expect(await client.findWorkflow(queryFor({ signal: caller.signal }))).toMatchObject({ kind: 'failed' });
    expect(queries).toHaveLength(1);
  });
});
