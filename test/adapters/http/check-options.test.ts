import { describe, expect, it } from 'vitest';
import { type BuildsHandlerOptions, createBuildsHandler } from '../../../src/adapters/http/index.js';
import { memoryStorage } from '../../../src/adapters/memory/index.js';
import { createBuilds } from '../../../src/create-builds.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import { ROLES } from './support/http-caller.js';

type Choices = Partial<BuildsHandlerOptions>;

const storage = memoryStorage();
const builds = createBuilds({
  ...storage,
  wrk: fakeWrkClient(createFakeWrk(), { duplicates: { by: 'idempotency-key' } }),
  notifiers: { inApp: storage.inAppNotifier, email: storage.inAppNotifier },
  resolveRecipients: async () => [],
});
const made = (choices: Choices) => () =>
  createBuildsHandler({ builds, authenticate: () => null, roles: ROLES, ...choices });

describe('the options of the handler', () => {
  it.each<[string, Choices]>([
    ['maxBodyBytes', { maxBodyBytes: Number.NaN }],
    ['events.maxStreamsPerUser', { events: { maxStreamsPerUser: Number.NaN } }],
    ['events.maxStreamsPerProcess', { events: { maxStreamsPerProcess: -1 } }],
    ['events.lifetimeMs', { events: { lifetimeMs: Number.POSITIVE_INFINITY } }],
    ['events.heartbeatMs', { events: { heartbeatMs: 0 } }],
    ['basePath', { basePath: '/api/' }],
    ['basePath', { basePath: 'api' }],
    ['allowedOrigins.0', { allowedOrigins: ['https://app.example/'] }],
    ['allowedOrigins.1', { allowedOrigins: ['https://app.example', 'https://app.example/login'] }],
    ['allowedOrigins.0', { allowedOrigins: ['https://App.example'] }],
    ['allowedOrigins.0', { allowedOrigins: ['app.example'] }],
    ['roles.request_builds', { roles: JSON.parse('{"request_builds":["admin"]}') }],
    ['challenge', { challenge: 'Bearer\r\nSet-Cookie: a=b' }],
    ['challenge', { challenge: '' }],
    ['allowedOrigin', JSON.parse('{"allowedOrigin":["https://app.example"]}')],
    ['builds', JSON.parse('{"builds":null}')],
  ])('are refused at once where %s could never do what it says', (path, choices) => {
    expect(made(choices)).toThrow(TypeError);
    expect(made(choices)).toThrow(`${path}: `);
  });

  it.each([
    'null',
    '*',
    'https://*.example',
    'https://app.example/',
    'https://app.example/login',
    'https://app.example?x',
    'https://user@app.example',
    'https://app.example:443',
    'HTTPS://app.example',
    'https://bücher.example',
    'capacitor://localhost',
    'file://',
    'app.example',
    '',
  ])('B8 the origin %j, which no browser sends for a page of the host, is refused', (origin) => {
    expect(made({ allowedOrigins: ['https://app.example', origin] })).toThrow('allowedOrigins.1: ');
  });

  it('B5 must name who operates builds: no role has that right by default', () => {
    const without = [
      {},
      { roles: undefined },
      { roles: {} },
      { roles: { request_build: ['project_owner'] } },
    ];
    for (const options of without) {
      const make = () =>
        Reflect.apply(createBuildsHandler, undefined, [{ builds, authenticate: () => null, ...options }]);
      expect(make).toThrow(TypeError);
      expect(make).toThrow('name the roles of your ops team');
    }
  });

  it.each(['"admin"', '""', '[""]', '["ops_build", 7]', 'null', '{"0":"admin"}'])(
    'B5 must name roles in a list, and not as %s',
    (roles) => {
      for (const right of ['operate_builds', 'request_build'])
        expect(made({ roles: { ...ROLES, [right]: JSON.parse(roles) } })).toThrow(`roles.${right}`);
    },
  );

  it('must say who asks: there is no handler that would let everybody in', () => {
    expect(() => Reflect.apply(createBuildsHandler, undefined, [{ builds }])).toThrow(
      'authenticate: is missing: give a function',
    );
  });

  it.each<Choices>([
    {},
    { basePath: '' },
    { basePath: '/ops/api', maxBodyBytes: 1, events: { maxStreamsPerTenant: 1, lifetimeMs: 86_400_000 } },
    {
      allowedOrigins: ['https://app.example', 'http://localhost:3000', 'http://[::1]:8080'],
    },
    { challenge: 'Basic realm="builds"' },
    { roles: { operate_builds: [] } },
    { allowedOrigins: () => false },
  ])('are taken as %j', (choices) => {
    expect(made(choices)).not.toThrow();
  });
});
