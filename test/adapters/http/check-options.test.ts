import { describe, expect, it } from 'vitest';
import { type BuildsHandlerOptions, createBuildsHandler } from '../../../src/adapters/http/index.js';
import { memoryStorage } from '../../../src/adapters/memory/index.js';
import { createBuilds } from '../../../src/create-builds.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';

type Choices = Partial<BuildsHandlerOptions>;

const storage = memoryStorage();
const builds = createBuilds({
  ...storage,
  wrk: fakeWrkClient(createFakeWrk(), { duplicates: { by: 'idempotency-key' } }),
  notifiers: { inApp: storage.inAppNotifier, email: storage.inAppNotifier },
  resolveRecipients: async () => [],
});
const made = (choices: Choices) => () =>
  createBuildsHandler({ builds, authenticate: () => null, ...choices });

describe('the options of the handler', () => {
  it.each<[string, Choices]>([
    ['maxBodyBytes', { maxBodyBytes: Number.NaN }],
    ['events.maxStreams', { events: { maxStreams: Number.NaN } }],
    ['events.lifetimeMs', { events: { lifetimeMs: Number.POSITIVE_INFINITY } }],
    ['events.heartbeatMs', { events: { heartbeatMs: 0 } }],
    ['basePath', { basePath: '/api/' }],
    ['basePath', { basePath: 'api' }],
    ['allowedOrigins.0', { allowedOrigins: ['https://app.example/'] }],
    ['allowedOrigins.1', { allowedOrigins: ['https://app.example', 'https://app.example/login'] }],
    ['allowedOrigins.0', { allowedOrigins: ['https://App.example'] }],
    ['allowedOrigins.0', { allowedOrigins: ['app.example'] }],
    ['roles.request_builds', { roles: JSON.parse('{"request_builds":["admin"]}') }],
    ['allowedOrigin', JSON.parse('{"allowedOrigin":["https://app.example"]}')],
    ['builds', JSON.parse('{"builds":null}')],
  ])('are refused at once where %s could never do what it says', (path, choices) => {
    expect(made(choices)).toThrow(TypeError);
    expect(made(choices)).toThrow(`${path}: `);
  });

  it('must say who asks: there is no handler that would let everybody in', () => {
    expect(() => Reflect.apply(createBuildsHandler, undefined, [{ builds }])).toThrow(
      'authenticate: is missing: give a function',
    );
  });

  it.each<Choices>([
    {},
    { basePath: '' },
    { basePath: '/ops/api', maxBodyBytes: 1, events: { maxStreams: 1, lifetimeMs: 86_400_000 } },
    {
      allowedOrigins: [
        'https://app.example',
        'http://localhost:3000',
        'http://[::1]:80',
        'capacitor://localhost',
      ],
    },
    { allowedOrigins: () => false },
  ])('are taken as %j', (choices) => {
    expect(made(choices)).not.toThrow();
  });
});
