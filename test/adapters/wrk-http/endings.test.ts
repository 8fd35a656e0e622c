import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { wrkHttp } from '../../../src/adapters/wrk-http/index.js';
import { callFor, portOf, serve, WORKFLOW } from './raw-server.js';

const byKey = { by: 'idempotency-key' } as const;
const clientFor = (baseUrl: string, deadlineMs = 30_000) =>
  wrkHttp({ baseUrl, duplicates: byKey, deadlineMs });

/** A server below HTTP: says `answer` to whatever comes, and closes as told. */
async function speak(answer: string, close: 'end' | 'reset'): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(answer, () => (close === 'end' ? socket.end() : socket.resetAndDestroy()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${portOf(server.address())}`;
}

describe('how a call of wrkHttp ends without a whole answer', () => {
  it('is sure that nothing was sent to a port where nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = portOf(server.address());
    await new Promise((resolve) => server.close(resolve));
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await clientFor(`http://${host}:${port}`).createWorkflow(callFor())).toEqual({
        kind: 'not_sent',
        detail: 'WRK could not be reached (ECONNREFUSED)',
      });
    }
  });

  it('is sure that nothing was sent to a name that does not exist', async () => {
    const answer = await clientFor('https://wrk.invalid').createWorkflow(callFor());
    expect(answer).toMatchObject({
      kind: 'not_sent',
      detail: expect.stringContaining('could not be reached'),
    });
  });

  it.each<[string, string, 'end' | 'reset']>([
    ['closes without a word', '', 'end'],
    ['resets without a word', '', 'reset'],
    ['closes in the headers', 'HTTP/1.1 201 Created\r\ncontent-', 'end'],
    ['closes before the body', 'HTTP/1.1 201 Created\r\ncontent-length: 90\r\n\r\n', 'end'],
    ['closes in the body', 'HTTP/1.1 201 Created\r\ncontent-length: 90\r\n\r\n{"workflow_id"', 'end'],
    ['resets in the body', 'HTTP/1.1 201 Created\r\ncontent-length: 90\r\n\r\n{"workflow_id"', 'reset'],
    ['closes in a chunk', 'HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n5a\r\n{"work', 'end'],
    [
      'closes in the body of a 409',
      'HTTP/1.1 409 Conflict\r\ncontent-length: 90\r\n\r\n{"workflow_id"',
      'end',
    ],
    ['speaks no HTTP', 'SSH-2.0-OpenSSH_9.7\r\n', 'end'],
  ])('takes a WRK that %s for a network failure', async (_what, answer, close) => {
    const url = await speak(answer, close);
    expect(await clientFor(url).createWorkflow(callFor())).toMatchObject({ kind: 'network_failure' });
  });

  it.each([
    [400, 'rejected'],
    [401, 'access_denied'],
    [429, 'not_now'],
    [503, 'api_error'],
  ])('lets a %i speak for itself though its body is cut', async (status, kind) => {
    const url = await speak(
      `HTTP/1.1 ${status} No\r\nretry-after: 2\r\ncontent-length: 90\r\n\r\n{`,
      'reset',
    );
    expect(await clientFor(url).createWorkflow(callFor())).toMatchObject({ kind });
  });

  it('ends a dripping body at the deadline, says so, and hangs up', async () => {
    let hungUp: Promise<unknown> | undefined;
    const wrk = await serve((response) => {
      response.writeHead(201).write('{');
      const timer = setInterval(() => response.write(' '), 5);
      hungUp = once(response, 'close').then(() => clearInterval(timer));
    });
    expect(await clientFor(wrk.url, 300).createWorkflow(callFor())).toMatchObject({
      kind: 'network_failure',
      detail: 'WRK answered 201, but the body was not complete within 300 ms',
    });
    await hungUp;
  });

  it('lets a refusal whose body drips be a refusal, at the deadline', async () => {
    const wrk = await serve((response) => void response.writeHead(422).write('{'));
    expect(await clientFor(wrk.url, 300).createWorkflow(callFor())).toMatchObject({
      kind: 'rejected',
      findings: [],
    });
  });

  it('reads no more of a giant body than the cap, and hangs up', async () => {
    let hungUp: Promise<unknown> | undefined;
    const wrk = await serve((response) => {
      hungUp = once(response, 'close');
      response.writeHead(201);
      const pour = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
      };
      response.on('drain', pour);
      pour();
    });
    expect(await clientFor(wrk.url).createWorkflow(callFor())).toMatchObject({
      kind: 'unusable',
      detail: 'WRK answered 201, but the body is unusable: it is larger than 1048576 bytes',
    });
    await hungUp;
  });

  it.each([201, 409])('hangs up when the caller does, in the middle of the body of a %i', async (status) => {
    const caller = new AbortController();
    let hungUp: Promise<unknown> | undefined;
    const wrk = await serve((response) => {
      hungUp = once(response, 'close');
      response.writeHead(status).write(WORKFLOW.slice(0, 10), () => caller.abort());
    });
    const answer = await clientFor(wrk.url).createWorkflow(callFor({ signal: caller.signal }));
    expect(answer).toMatchObject({ kind: 'aborted' });
    await hungUp;
  });
});
