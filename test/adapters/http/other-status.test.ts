import { expect, it } from 'vitest';
import type { OtherStatusHandler } from '../../../src/adapters/http/index.js';
import { stableId, TENANT } from '../../../src/testing/builders.js';
import { opsOf } from './support/http-caller.js';
import { BUILD_IN_PROGRESS, openReadyVersion } from './support/ready-version.js';

const OTHER = '{ "status":"QA & Testing",\n"note" : "\u00e9", "deep": [{"a":1}] }';

/** A hook that keeps what it was told. */
function keeping(answer: () => Response) {
  const told: { text: string; about: unknown; method: string; url: string; cookie: string | null }[] = [];
  const onOtherStatus: OtherStatusHandler = async (request, about) => {
    const { method, url, headers } = request;
    told.push({ text: await request.text(), about, method, url, cookie: headers.get('cookie') });
    return answer();
  };
  return { told, onOtherStatus };
}

it('another status goes to the host with the body as it came, and its answer comes back', async () => {
  const { told, onOtherStatus } = keeping(() =>
    Response.json({ moved: true }, { status: 207, headers: { 'x-own': 'a', 'cache-control': 'private' } }),
  );
  const origin = 'https://app.example';
  const options = { onOtherStatus, allowedOrigins: [origin] };
  const { patch, path, project, expectUnchanged } = await openReadyVersion(options);
  const answer = await patch(OTHER, { 'x-request-id': 'req-9', cookie: 'a=b', origin });
  expect([answer.status, answer.body]).toEqual([207, { moved: true }]);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'x-own': 'a',
    'x-request-id': 'req-9',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private',
  });
  expect(told).toEqual([
    {
      text: OTHER,
      method: 'PATCH',
      url: `https://host.example${path}`,
      cookie: 'a=b',
      about: {
        caller: opsOf(project.tenantId),
        automationVersionId: project.versionId,
        status: 'QA & Testing',
        requestId: 'req-9',
      },
    },
  ]);
  await expectUnchanged();
});

it('without the hook it is a transition that nobody makes', async () => {
  const { patch, expectUnchanged } = await openReadyVersion();
  const { status, body } = await patch(OTHER);
  expect([status, body.error_code]).toEqual([409, 'invalid_status_transition']);
  await expectUnchanged();
});

it.each(['Done', 'build in progress', ' Build in Progress', '', 'toString'])(
  'a label that nobody knows is refused: “%s”',
  async (status) => {
    const { told, onOtherStatus } = keeping(() => Response.json({}));
    const { patch, expectUnchanged } = await openReadyVersion({ onOtherStatus });
    const answer = await patch({ status });
    expect([answer.status, answer.body.error_code, told]).toEqual([400, 'invalid_input', []]);
    await expectUnchanged();
  },
);

it('the host names the labels that it knows', async () => {
  const { told, onOtherStatus } = keeping(() => Response.json({}));
  const { patch } = await openReadyVersion({ onOtherStatus, otherStatuses: ['Done'] });
  expect([(await patch({ status: 'Done' })).status, (await patch(OTHER)).status]).toEqual([200, 400]);
  expect(told).toHaveLength(1);
});

it.each([
  ['nobody', null],
  ['somebody without the right', { ...opsOf(TENANT), userId: stableId('guest'), roles: ['guest'] }],
  ['an API key', { kind: 'api_key', tenantId: TENANT } as const],
  ['a cookie from elsewhere', opsOf(TENANT), { cookie: 'session=1' }],
] as const)('the hook is not called for %s', async (_, caller, headers?: Record<string, string>) => {
  const { told, onOtherStatus } = keeping(() => Response.json({}));
  const { patch } = await openReadyVersion({ onOtherStatus, authenticate: () => caller });
  const { status } = await patch(OTHER, headers);
  expect([401, 403]).toContain(status);
  expect(told).toEqual([]);
});

it('the hook is not called for what is ours', async () => {
  const { told, onOtherStatus } = keeping(() => Response.json({}));
  const { patch } = await openReadyVersion({ onOtherStatus });
  expect([(await patch(BUILD_IN_PROGRESS)).status, told]).toEqual([202, []]);
});

it.each<[string, () => Response]>([
  [
    'throws',
    () => {
      throw new Error('secret of the host');
    },
  ],
  ['returns an answer that cannot be sent', () => Response.error()],
  ['returns nothing', () => JSON.parse('null')],
])('a hook that %s is a failure of ours, and the handler does not reject', async (_, answer) => {
  const problems: unknown[] = [];
  const { onOtherStatus } = keeping(answer);
  const { patch } = await openReadyVersion({
    onOtherStatus,
    onAnswer: ({ problem }) => problems.push(problem),
  });
  const { status, body } = await patch(OTHER);
  expect([status, body.error_code]).toEqual([500, 'internal_error']);
  expect(JSON.stringify(body)).not.toContain('secret');
  expect(problems).toEqual([expect.any(Error)]);
});
