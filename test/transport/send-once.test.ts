import { createServer as createTcpServer, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Outgoing, sendOnce } from '../../src/transport/send-once.js';
import { portOf, serve } from '../adapters/wrk-http/raw-server.js';
import { until } from '../support/until.js';

const send = (url: string, own: Partial<Outgoing> = {}) =>
  sendOnce({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"Ünïcode"}',
    signal: new AbortController().signal,
    maxBytes: 1_000,
    ...own,
  });

/** A server of bare TCP: what arrives is kept, and `answer` writes what it likes. */
async function serveTcp(answer: (socket: Socket) => void = () => {}) {
  const sockets: Socket[] = [];
  let received = '';
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received += data;
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${portOf(server.address())}/`, sockets, received: () => received };
}

describe('sendOnce', () => {
  it('sends the body byte for byte, and gives status, headers and body', async () => {
    const server = await serve((response) => response.writeHead(207, { 'x-one': 'yes' }).end('fine'));
    const became = await send(server.url);
    expect(became).toMatchObject({ kind: 'answered', status: 207, body: { end: 'whole' } });
    if (became.kind !== 'answered') return;
    expect([became.header('X-One'), became.header('x-two'), became.body.bytes.toString()]).toEqual([
      'yes',
      null,
      'fine',
    ]);
    expect(server.seen[0]?.body.toString()).toBe('{"name":"Ünïcode"}');
    expect(server.seen[0]?.request.headers).toMatchObject({
      'content-length': '20',
      connection: 'keep-alive',
    });
  });

  it('keeps the connection for the next one, also after an error status', async () => {
    const server = await serve((response) => response.writeHead(500).end('no'));
    for (let n = 0; n < 5; n += 1) await send(server.url);
    expect(server.connections()).toBe(1);
  });

  it('goes on where the host has replaced the global fetch, and never through it', async () => {
    const patched = vi.fn(() => Promise.reject(new Error('cached')));
    vi.stubGlobal('fetch', patched);
    onTestFinished(() => void vi.unstubAllGlobals());
    const server = await serve((response) => response.end('ok'));
    expect(await send(server.url)).toMatchObject({ kind: 'answered', status: 200 });
    expect(patched).not.toHaveBeenCalled();
  });

  it('A1: asks once the connection stands, and writes not one byte if the answer is no', async () => {
    const server = await serveTcp();
    const mayBegin = vi.fn(() => false);
    expect(await send(server.url, { mayBegin })).toEqual({ kind: 'not_begun' });
    expect(mayBegin).toHaveBeenCalledOnce();
    await until(() => server.sockets.length === 1 && server.sockets[0]?.destroyed === true);
    expect(server.received()).toBe('');
  });

  it('A1: asks once more when the request is in bytes, and still writes not one of them', async () => {
    const server = await serveTcp();
    const mayBegin = vi.fn().mockReturnValueOnce(true).mockReturnValueOnce(false);
    const body = 'x'.repeat(2_000_000);
    expect(await send(server.url, { mayBegin, body })).toEqual({ kind: 'not_begun' });
    await until(() => server.sockets[0]?.destroyed === true);
    expect(server.received()).toBe('');
  });

  it('A1: asks again before a request on a connection that is used once more', async () => {
    const server = await serve((response) => response.end('ok'));
    await send(server.url);
    expect(await send(server.url, { mayBegin: () => false })).toEqual({ kind: 'not_begun' });
    expect(server.seen).toHaveLength(1);
  });

  it('A1: does not ask where there is no connection, and says that nothing was sent', async () => {
    const mayBegin = vi.fn(() => true);
    const became = await send('http://127.0.0.1:1/', { mayBegin });
    expect(became).toMatchObject({ kind: 'failed', wasSent: false, error: { code: 'ECONNREFUSED' } });
    expect(mayBegin).not.toHaveBeenCalled();
  });

  it('says that something was sent where the connection breaks after it', async () => {
    const server = await serveTcp((socket) => socket.destroy());
    expect(await send(server.url)).toMatchObject({ kind: 'failed', wasSent: true });
  });

  it('never sends again where an idle connection was closed meanwhile', async () => {
    let requests = 0;
    const server = await serveTcp((socket) => {
      requests += 1;
      if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      else socket.destroy();
    });
    await send(server.url);
    expect(await send(server.url)).toMatchObject({ kind: 'failed', wasSent: true });
    expect(requests).toBe(2);
  });

  it('ends with its signal, before, during and after the connection, and lets go of it', async () => {
    const server = await serveTcp();
    expect(await send(server.url, { signal: AbortSignal.abort() })).toMatchObject({ wasSent: false });
    const caller = new AbortController();
    const became = send(server.url, { signal: caller.signal });
    await until(() => server.received() !== '');
    caller.abort();
    expect(await became).toMatchObject({ kind: 'failed', wasSent: true });
  });

  it('keeps what came of a body that is ended by the signal', async () => {
    const caller = new AbortController();
    const server = await serve((response) => {
      response
        .writeHead(200, { 'content-length': '10' })
        .write('half', () => setTimeout(() => caller.abort(), 20));
    });
    const became = await send(server.url, { signal: caller.signal });
    expect(became).toMatchObject({ kind: 'answered', status: 200, body: { end: 'broken' } });
  });

  it('reads no more than is wanted, and closes the connection then', async () => {
    const server = await serve((response) => response.end('x'.repeat(5_000)));
    for (const maxBytes of [1, 4_999]) {
      const became = await send(server.url, { maxBytes });
      expect(became).toMatchObject({ body: { end: 'more' } });
      expect(became.kind === 'answered' && became.body.bytes.length).toBe(maxBytes);
    }
    expect(await send(server.url, { maxBytes: 5_000 })).toMatchObject({ body: { end: 'whole' } });
    expect(server.connections()).toBe(3);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('unpacks %s, which it did not ask for, and counts what is unpacked', async (encoding, pack) => {
    const server = await serve((response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(pack(Buffer.alloc(900_000, 'x'))),
    );
    const whole = await send(server.url, { maxBytes: 900_000 });
    expect(whole.kind === 'answered' && [whole.body.end, whole.body.bytes.length]).toEqual([
      'whole',
      900_000,
    ]);
    const capped = await send(server.url, { maxBytes: 10_000 });
    expect(capped.kind === 'answered' && [capped.body.end, capped.body.bytes.length]).toEqual([
      'more',
      10_000,
    ]);
    expect(server.seen[0]?.request.headers['accept-encoding']).toBeUndefined();
  });

  it('takes what does not unpack for a body that broke', async () => {
    const server = await serve((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('not packed at all'),
    );
    expect(await send(server.url)).toMatchObject({ kind: 'answered', body: { end: 'broken' } });
  });

  it.each([
    ['no HTTP', 'hello there\r\n\r\n'],
    ['a body that is cut', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['headers without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}`],
    ['nothing', ''],
  ])('ends, and ends no process, where the answer is %s', async (_what, bytes) => {
    const server = await serveTcp((socket) => socket.end(bytes));
    const became = await send(server.url);
    expect(became.kind === 'answered' ? became.body.end : became.kind).toMatch(/^(broken|failed)$/);
  });

  it('fails without a word sent for an address or a header that Node refuses', async () => {
    const refused = [send('http://[bad'), send('http://127.0.0.1:1/', { headers: { 'bad name': 'x' } })];
    for (const became of await Promise.all(refused))
      expect(became).toMatchObject({ kind: 'failed', wasSent: false });
  });
});
