import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BUILD_REQUESTS,
  buildRequestMessage,
  checkTenant,
  MESSAGE_VERSION,
  NOTIFICATIONS,
  readBuildRequest,
  readNotification,
} from '../../../src/core/build/messages.js';
import { notificationMessage } from '../../../src/testing/builders.js';

const BUILD_REQUEST = {
  v: 1,
  kind: 'build_request',
  tenantId: 'tenant-1',
  bindingId: 'binding-1',
  requestId: 'request-1',
};

const NOTIFICATION = notificationMessage({ errorDetails: ['one', 'two'] });

const problemOf = (body: unknown) => readBuildRequest(body)._unsafeUnwrapErr();

const without = (field: string) =>
  Object.fromEntries(Object.entries(BUILD_REQUEST).filter(([name]) => name !== field));

describe('what is stored for ever', () => {
  it('are the names of the queues and the version of the bodies', () => {
    expect([BUILD_REQUESTS, NOTIFICATIONS, MESSAGE_VERSION]).toEqual(['build-requests', 'notifications', 1]);
  });
});

describe('buildRequestMessage', () => {
  it('wakes a worker with ids alone, keyed by the build, and can be read again', () => {
    const message = buildRequestMessage(
      { tenantId: 'tenant-1', bindingId: 'binding-1', requestId: 'request-1', priority: 7 },
      250,
    );
    expect(message).toEqual({
      queue: 'build-requests',
      key: 'binding-1',
      tenantId: 'tenant-1',
      body: BUILD_REQUEST,
      delayMs: 250,
      priority: 7,
    });
    expect(readBuildRequest(JSON.parse(JSON.stringify(message.body)))._unsafeUnwrap()).toEqual(BUILD_REQUEST);
  });
});

describe('reading a message', () => {
  it('takes a good one as it is', () => {
    expect(readBuildRequest(BUILD_REQUEST)._unsafeUnwrap()).toEqual(BUILD_REQUEST);
    expect(readNotification(NOTIFICATION)._unsafeUnwrap()).toEqual(NOTIFICATION);
  });

  it.each([
    ['nothing', undefined, 'body: invalid_type'],
    ['null', null, 'body: invalid_type'],
    ['text', JSON.stringify(BUILD_REQUEST), 'body: invalid_type'],
    ['a list', [BUILD_REQUEST], 'body: invalid_type'],
    ['no tenant', without('tenantId'), 'tenantId: invalid_type'],
    ['no binding', without('bindingId'), 'bindingId: invalid_type'],
    ['no request id', without('requestId'), 'requestId: invalid_type'],
    ['no kind', without('kind'), 'kind: invalid_value'],
    ['another kind', { ...BUILD_REQUEST, kind: 'notification' }, 'kind: invalid_value'],
    ['a number for an id', { ...BUILD_REQUEST, bindingId: 7 }, 'bindingId: invalid_type'],
    ['an empty id', { ...BUILD_REQUEST, bindingId: '' }, 'bindingId: too_small'],
    ['an id that is too long', { ...BUILD_REQUEST, bindingId: 'x'.repeat(201) }, 'bindingId: too_big'],
    ['an unknown field', { ...BUILD_REQUEST, more: 1 }, 'body: unrecognized_keys'],
    ['an older version', { ...BUILD_REQUEST, v: 0 }, 'v: invalid_value'],
    ['a version that is no whole number', { ...BUILD_REQUEST, v: 1.5 }, 'v: invalid_value'],
    ['a version as text', { ...BUILD_REQUEST, v: '2' }, 'v: invalid_value'],
    ['no version', without('v'), 'v: invalid_value'],
  ])('finds %s malformed, and says where', (_, body, where) => {
    expect(problemOf(body)).toEqual({ code: 'malformed', message: `not a message of version 1: ${where}` });
  });

  it('names every place', () => {
    expect(problemOf({ ...without('requestId'), tenantId: '' })).toEqual({
      code: 'malformed',
      message: 'not a message of version 1: tenantId: too_small, requestId: invalid_type',
    });
  });

  it('names the place inside a list', () => {
    const body = { ...NOTIFICATION, errorDetails: ['one', 2] };
    expect(readNotification(body)._unsafeUnwrapErr()).toEqual({
      code: 'malformed',
      message: 'not a message of version 1: errorDetails.1: invalid_type',
    });
  });

  it.each([
    ['the same fields', { ...BUILD_REQUEST, v: 2 }],
    ['fields that nobody knows yet', { v: 7, kind: 'something_new', build: { id: 'binding-1' } }],
    ['no other field', { v: 2 }],
  ])('leaves a message of a newer version to a newer worker: %s', (_, body) => {
    expect(problemOf(body)).toEqual({ code: 'newer_version' });
    expect(readNotification(body)._unsafeUnwrapErr()).toEqual({ code: 'newer_version' });
  });

  it.each([
    ['an unknown channel', { channel: 'carrier_pigeon' }, 'channel'],
    ['an unknown template', { template: 'build_celebrated' }, 'template'],
    ['an unknown audience', { audience: 'everyone' }, 'audience'],
    ['a fence that is no whole number', { fence: 1.5 }, 'fence'],
    ['an empty project id', { projectId: '' }, 'projectId'],
    ['a list for a name', { automationName: [] }, 'automationName'],
  ])('finds a notification with %s malformed', (_, change, field) => {
    const problem = readNotification({ ...NOTIFICATION, ...change })._unsafeUnwrapErr();
    expect(problem).toMatchObject({
      code: 'malformed',
      message: expect.stringContaining(`version 1: ${field}: `),
    });
  });

  it('never lets contents into the problem: neither values nor the names of unknown fields', () => {
    const secret = 'hunter2-the-secret';
    const field = fc.constantFrom(...Object.keys(NOTIFICATION), secret);
    const value = fc.constantFrom<unknown>(
      secret,
      [secret],
      { [secret]: secret },
      `${secret}${'x'.repeat(300)}`,
    );
    fc.assert(
      fc.property(fc.dictionary(field, value), fc.boolean(), (change, whole) => {
        const body = whole ? { ...NOTIFICATION, ...change } : change;
        for (const read of [readBuildRequest, readNotification]) {
          const problem = JSON.stringify(
            read(body).match(
              () => '',
              (each) => each,
            ),
          );
          expect(problem).not.toContain(secret);
        }
      }),
    );
  });
});

it('a body that speaks for another tenant than its row is malformed', () => {
  const body = { tenantId: 'tenant-1', bindingId: 'binding-1' };
  expect(checkTenant(body, 'tenant-1')._unsafeUnwrap()).toBe(body);
  expect(checkTenant(body, 'tenant-2')._unsafeUnwrapErr()).toEqual({
    code: 'malformed',
    message: 'names a different tenant than the message itself',
  });
});
