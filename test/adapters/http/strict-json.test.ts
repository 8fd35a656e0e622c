import { describe, expect, it } from 'vitest';
import { BUILD_IN_PROGRESS, openReadyVersion } from './support/ready-version.js';

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const withKey = (key: string, value: string) => `{"status":"Build in Progress","${key}":${value}}`;

describe('a body', () => {
  it.each([
    ['is nested more than 20 levels', withKey('a', nested(21)), 'is nested more than 20 levels'],
    ['goes 30,000 levels deep', nested(30_000), 'is nested more than 20 levels'],
    ['has `__proto__`', withKey('__proto__', '{"polluted":true}'), 'a forbidden key'],
    ['has `constructor`', withKey('constructor', '{"prototype":{"polluted":true}}'), 'a forbidden key'],
    ['has `prototype` deep inside', withKey('a', '[{"b":{"prototype":1}}]'), 'a forbidden key'],
    ['spells `__proto__` otherwise', withKey('\\u005f_proto__', '1'), 'a forbidden key'],
    ['is not valid JSON', '{status:1}', 'is not valid JSON'],
    ['goes on behind its end', `${JSON.stringify(BUILD_IN_PROGRESS)}{}`, 'is not valid JSON'],
    ['is no object', '["Build in Progress"]', 'expected object'],
    ['is null', 'null', 'expected object'],
    ['has an unknown key', withKey('stauts', '1'), 'Unrecognized key: "stauts"'],
    ['names a tenant', withKey('tenant_id', '"b"'), 'Unrecognized key: "tenant_id"'],
    ['names a person', withKey('user_id', '"b"'), 'Unrecognized key: "user_id"'],
    ['has half of a character', withKey('assignee_id', '"\\ud800"'), 'lone surrogates'],
    ['has NUL', withKey('assignee_id', '"a\\u0000b"'), 'leave out NUL'],
    ['has an infinite number', withKey('priority', '1e400'), 'Unrecognized key: "priority"'],
  ])('that %s is refused, and changes nothing', async (_, body, message) => {
    const { patch, expectUnchanged } = await openReadyVersion();
    const answer = await patch(body);
    expect([answer.status, answer.body.error_code]).toEqual([400, 'invalid_input']);
    expect(JSON.stringify(answer.body.details)).toContain(JSON.stringify(message).slice(1, -1));
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    await expectUnchanged();
  });

  it('that is no UTF-8 is refused', async () => {
    const { handler, request, expectUnchanged } = await openReadyVersion();
    const bytes = Buffer.from('{"status":"Build in Progress","assignee_id":"\u00e9"}', 'latin1');
    expect((await handler(request(bytes))).status).toBe(400);
    await expectUnchanged();
  });

  it('may go 20 levels deep, and then it is its keys that are refused', async () => {
    const { patch } = await openReadyVersion();
    const { body } = await patch(withKey('a', nested(20)));
    expect(JSON.stringify(body.details)).toContain('Unrecognized key');
  });

  it.each(['1e400', '-101', '101', '1.5', '"1"', 'null', 'true'])(
    'has no priority of %s',
    async (priority) => {
      const { send, project, expectUnchanged } = await openReadyVersion();
      const path = `/v1/admin/projects/${project.projectId}/request-build`;
      expect((await send('POST', path, `{"priority":${priority}}`)).status).toBe(400);
      await expectUnchanged();
    },
  );
});

describe('a query', () => {
  it.each([
    '?tenant_id=b',
    '?tenantId=b',
    '?__proto__=1',
    '?__proto__[polluted]=1',
    '?constructor=1',
    '?status=error&status=active',
    '?limit=1&limit=1',
    '?limit=0',
    '?limit=201',
    '?limit=1e2',
    '?limit=%D9%A1',
    '?_method=DELETE',
    '?cursor=nothing',
    '?cursor=%00',
    '?error_reason=',
    '?assignee_id=%00',
  ])('%s is refused', async (query) => {
    const { send } = await openReadyVersion();
    const { status, body } = await send('GET', `/v1/admin/builds${query}`);
    expect([status, `${body.error_code}`]).toEqual([400, expect.stringMatching(/^invalid_input$/)]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('is not for routes that take none', async () => {
    const { patch, send, path, expectUnchanged } = await openReadyVersion();
    expect((await send('PATCH', `${path}?tenant_id=b`, BUILD_IN_PROGRESS)).status).toBe(400);
    await expectUnchanged();
    expect((await patch(BUILD_IN_PROGRESS)).status).toBe(202);
  });
});
