import { expect, it } from 'vitest';
import { createEventStreams } from '../../../src/adapters/http/events/event-streams.js';
import type { EventStreamOptions } from '../../../src/adapters/http/index.js';
import { systemRuntime } from '../../../src/runtime/system-runtime.js';
import { opsOf } from './support/http-caller.js';
import { openReadyVersion } from './support/ready-version.js';

/** Opens streams, each for the user and tenant that it is told. */
async function openStreams(events: EventStreamOptions = {}) {
  const { handler } = await openReadyVersion({
    events,
    authenticate: ({ headers }) => ({
      ...opsOf(headers.get('x-tenant') ?? ''),
      userId: headers.get('x-user') ?? '',
    }),
  });
  const open = async (tenant: string, user: string) => {
    const headers = { 'x-tenant': tenant, 'x-user': user };
    const answer = await handler(new Request('https://host.example/v1/admin/builds/events', { headers }));
    const refusal: Record<string, unknown> | null =
      answer.status === 200 ? null : JSON.parse(await answer.text());
    return { answer, said: [answer.status, answer.headers.get('retry-after'), refusal?.error_code] };
  };
  const times = async (count: number, tenant: string, user: (at: number) => string) => {
    const opened = [];
    for (let at = 0; at < count; at += 1) opened.push(await open(tenant, user(at)));
    return opened;
  };
  return { handler, open, times };
}

const OPENED = [200, null, undefined];
const REFUSED = [429, '30', 'too_many_streams'];

it('B6 one user has five event streams, and leaves the others of the tenant theirs', async () => {
  const { open, times, handler } = await openStreams();
  const own = await times(6, 'acme', () => 'ann');
  expect(own.map(({ said }) => said)).toEqual([...Array(5).fill(OPENED), REFUSED]);
  expect((await open('acme', 'bob')).said).toEqual(OPENED);
  expect((await open('globex', 'ann')).said).toEqual(OPENED);
  await own[0]?.answer.body?.cancel();
  expect((await open('acme', 'ann')).said).toEqual(OPENED);
  handler.endStreams();
});

it('B6 a process has 2,000 event streams, whosever they are', () => {
  const watch = () => ({ stop: () => {} });
  const streams = createEventStreams(watch, {}, systemRuntime);
  const open = (tenantId: string, userId: string) => streams.open({ tenantId, userId }, { reload: false });
  for (let count = 0; count < 2_000; count += 1)
    expect(open(`tenant ${count % 20}`, `user ${count}`).isOk()).toBe(true);
  expect(open('one more', 'ann')._unsafeUnwrapErr()).toBe('process');
  streams.endAll();
});

it('B6 a host sets each of the limits', async () => {
  const { open, times, handler } = await openStreams({
    maxStreamsPerUser: 2,
    maxStreamsPerTenant: 3,
    maxStreamsPerProcess: 4,
  });
  const statuses = async (count: number, tenant: string, user: (at: number) => string) =>
    (await times(count, tenant, user)).map(({ answer }) => answer.status);
  expect(await statuses(3, 'acme', () => 'ann')).toEqual([200, 200, 429]);
  expect(await statuses(2, 'acme', (at) => `b${at}`)).toEqual([200, 429]);
  expect(await statuses(2, 'globex', (at) => `c${at}`)).toEqual([200, 429]);
  handler.endStreams();
  expect((await open('acme', 'ann')).answer.status).toBe(200);
});
