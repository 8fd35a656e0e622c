import { describe, expect, it } from 'vitest';
import { BUILD_ERROR_REASONS } from '../../src/core/build/errors.js';
import { BINDING_STATUSES } from '../../src/core/build/statuses.js';
import { commandSchemas, readCommand } from '../../src/input/operations.js';

const tenantId = 'acme';
const COMMAND = { tenantId, userId: 'ada', reason: 'WRK works again.' };

/** The answer to what a caller without types might send. */
const refusal = (name: keyof typeof commandSchemas, input: unknown) =>
  readCommand(commandSchemas[name], input)._unsafeUnwrapErr();

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`);

describe('D3: a word that is none of ours is refused, and the words are listed:', () => {
  it.each([
    ['list', { tenantId, errorReason: 'wrk_api_eror' }, 'errorReason', BUILD_ERROR_REASONS],
    ['list', { tenantId, status: 'eror' }, 'status', BINDING_STATUSES],
    ['retryMany', { ...COMMAND, errorReason: 'wrk_api_eror' }, 'errorReason', BUILD_ERROR_REASONS],
  ] as const)('%s of %j', (name, input, path, words) => {
    const { code, message, details } = { details: undefined, ...refusal(name, input) };
    expect([code, message]).toEqual(['invalid_input', 'The input is invalid: fix the listed problems.']);
    expect(details).toMatchObject({ findings: [{ path }] });
    for (const word of quoted(words)) expect(JSON.stringify(details)).toContain(word);
  });
});

describe('a command', () => {
  it.each([[{ tenantId, bindingId: 'b1', automationVersionId: 'v1' }], [{ tenantId }]])(
    'that names a build twice or not at all is refused: %j',
    (input) => {
      expect(refusal('get', input)).toMatchObject({
        details: {
          findings: [
            { path: '', message: 'names both or neither: give either bindingId or automationVersionId' },
          ],
        },
      });
    },
  );

  it('is told everything that is wrong with it at once', () => {
    expect(refusal('retry', { tenantId, bindingID: 'b1', userId: '', freshKey: 'yes' })).toMatchObject({
      details: {
        findings: [
          { path: 'userId', message: expect.stringMatching(/^is too short: give a text of 1 to 200/) },
          { path: 'reason', message: expect.stringMatching(/^is missing: give a text of 1 to 1000/) },
          { path: 'bindingId', message: expect.stringMatching(/^is missing: /) },
          { path: 'freshKey', message: 'is a string: give true or false' },
          { path: 'bindingID', message: 'is unknown: did you mean “bindingId”?' },
        ],
      },
    });
  });

  it('takes the address of a workflow as WRK gives it, and no other', () => {
    const adopt = { ...COMMAND, bindingId: 'b1', workflowId: 'wf_1' };
    const read = (workflowUrl: unknown) => readCommand(commandSchemas.adopt, { ...adopt, workflowUrl });
    expect(read('https://app.wrk.example/wf_1').isOk()).toBe(true);
    for (const url of [7, '', 'app.wrk.example/wf_1', 'https://a:b@app.wrk.example', 'https://a/\0'])
      expect(read(url)._unsafeUnwrapErr()).toMatchObject({
        details: { findings: [{ path: 'workflowUrl', message: expect.stringContaining('https://') }] },
      });
  });
});
