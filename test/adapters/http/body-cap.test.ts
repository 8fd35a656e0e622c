import { expect, it } from 'vitest';
import { errorCodeOf } from './support/everything-of.js';
import { BUILD_IN_PROGRESS, openReadyVersion } from './support/ready-version.js';

const BYTES = new TextEncoder().encode(JSON.stringify(BUILD_IN_PROGRESS));

/** A body that comes in chunks of so many bytes for as long as somebody reads, and how much of it was read. */
function endlessBody(chunkBytes: number) {
  const seen = { chunks: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        seen.chunks += 1;
        controller.enqueue(new Uint8Array(chunkBytes).fill(32));
      },
      cancel: () => {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, seen };
}

it('a body without end is read up to the first byte too many, and cancelled', async () => {
  const { handler, request, expectUnchanged } = await openReadyVersion({ maxBodyBytes: 1_000 });
  const { stream, seen } = endlessBody(100);
  const answer = await handler(request(stream));
  expect([answer.status, errorCodeOf(await answer.text())]).toEqual([413, 'body_too_large']);
  expect(seen).toEqual({ chunks: 11, cancelled: true });
  await expectUnchanged();
});

it('a length that is too small is not believed', async () => {
  const { handler, request } = await openReadyVersion({ maxBodyBytes: 1_000 });
  const { stream, seen } = endlessBody(600);
  const answer = await handler(request(stream, { 'content-length': '5' }));
  expect([answer.status, seen.chunks]).toEqual([413, 2]);
});

it('a length that is too large is believed, and nothing is read', async () => {
  const { handler, request } = await openReadyVersion();
  const { stream, seen } = endlessBody(10);
  const answer = await handler(request(stream, { 'content-length': '65537' }));
  expect([answer.status, seen.chunks]).toEqual([413, 0]);
});

it('nothing of a body is read before it is known who sends it', async () => {
  const { handler, request } = await openReadyVersion({ authenticate: () => null });
  const { stream, seen } = endlessBody(10);
  const answer = await handler(request(stream));
  expect([answer.status, seen.chunks]).toEqual([401, 0]);
});

it('a body of exactly as much as is allowed is read, without a length and a byte at a time', async () => {
  const { handler, request } = await openReadyVersion({ maxBodyBytes: BYTES.length });
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const byte of BYTES) controller.enqueue(new Uint8Array([byte]));
      controller.close();
    },
  });
  expect((await handler(request(stream))).status).toBe(202);
});

it('bytes count, and not characters', async () => {
  const body = JSON.stringify({ ...BUILD_IN_PROGRESS, last_known_status: '\u{1f9e8}'.repeat(50) });
  const { handler, request } = await openReadyVersion({ maxBodyBytes: body.length + 50 });
  expect((await handler(request(body))).status).toBe(413);
});

it('a body that breaks off is the client’s doing, and nothing is carried out', async () => {
  const problems: unknown[] = [];
  const { handler, request, expectUnchanged } = await openReadyVersion({
    onAnswer: ({ problem }) => problems.push(problem),
  });
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(BYTES),
    pull: (controller) => controller.error(new Error('The client went.')),
  });
  const answer = await handler(request(stream));
  expect([answer.status, errorCodeOf(await answer.text()), problems]).toEqual([400, 'invalid_input', [null]]);
  await expectUnchanged();
});

it.each([
  ['has read', async (request: Request) => void (await request.text())],
  ['holds', async (request: Request) => void request.body?.getReader()],
])('a body that a hook %s is not taken for an empty one', async (_, meddle) => {
  const problems: unknown[] = [];
  const { handler, request, expectUnchanged } = await openReadyVersion({
    rateLimit: async (about) => {
      await meddle(about.request);
      return null;
    },
    onAnswer: ({ problem }) => problems.push(problem),
  });
  expect((await handler(request(JSON.stringify(BUILD_IN_PROGRESS)))).status).toBe(500);
  expect(problems).toEqual([
    expect.objectContaining({ message: expect.stringContaining('request.clone()') }),
  ]);
  await expectUnchanged();
});
