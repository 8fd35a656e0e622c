import { expect, it } from 'vitest';
import { BUILD_IN_PROGRESS, openReadyVersion } from './support/ready-version.js';

it('whoever asks too often is told when to come again, and nothing is carried out', async () => {
  const asked: unknown[] = [];
  const { patch, project, expectUnchanged } = await openReadyVersion({
    rateLimit: async ({ caller, operationId }) => {
      asked.push([caller.tenantId, operationId]);
      return { retryAfterSeconds: 1.2 };
    },
  });
  const { status, body, headers } = await patch(BUILD_IN_PROGRESS);
  expect([status, body.error_code, headers.get('retry-after')]).toEqual([429, 'rate_limited', '2']);
  expect(asked).toEqual([[project.tenantId, 'patchAutomationVersionStatus']]);
  await expectUnchanged();
});

it('the hook is not asked for people who may not', async () => {
  let asked = 0;
  const { patch } = await openReadyVersion({
    authenticate: () => null,
    rateLimit: async () => {
      asked += 1;
      return null;
    },
  });
  expect([(await patch(BUILD_IN_PROGRESS)).status, asked]).toEqual([401, 0]);
});

it.each([
  [
    'throws',
    async () => {
      throw new Error('secret of the limiter');
    },
  ],
  ['names no number', async () => ({ retryAfterSeconds: Number.NaN })],
])('a hook that %s lets nobody pass', async (_, rateLimit) => {
  const { patch, expectUnchanged } = await openReadyVersion({ rateLimit });
  const { status, body } = await patch(BUILD_IN_PROGRESS);
  expect([status, body.error_code]).toEqual([500, 'internal_error']);
  expect(JSON.stringify(body)).not.toContain('secret');
  await expectUnchanged();
});

it('whoever the hook lets pass is served', async () => {
  const { patch } = await openReadyVersion({ rateLimit: async () => null });
  expect((await patch(BUILD_IN_PROGRESS)).status).toBe(202);
});
