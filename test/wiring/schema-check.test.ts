import { describe, expect, it } from 'vitest';
import { verifyFirst } from '../../src/wiring/schema-check.js';

/** Answers in this order, and counts how often it was asked. */
function verifier(...answers: readonly (readonly string[] | Error)[]) {
  let asked = 0;
  let now = 0;
  const verify = async () => {
    const answer = answers[asked];
    asked += 1;
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('asked once too often');
    return answer;
  };
  return {
    ready: verifyFirst(verify, { monotonicMs: () => now }),
    asked: () => asked,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('What waits for the database to be verified', () => {
  it('has it looked at once, however many ask, and never again once it fits', async () => {
    const { ready, asked } = verifier([]);
    await Promise.all([ready(), ready(), ready()]);
    await ready();
    expect(asked()).toBe(1);
  });

  it('is told everything that does not fit, and has it looked at again when it asks again', async () => {
    const { ready, asked, pass } = verifier(
      ['There is no table a: fix it.', 'There is no table b: fix it.'],
      [],
    );
    const both = await Promise.allSettled([ready(), ready()]);
    // Nobody has it looked at again at once, since that may lock rows of the host's.
    pass(999);
    const third = await Promise.allSettled([ready()]);
    for (const each of [...both, ...third]) {
      expect(each).toMatchObject({
        status: 'rejected',
        reason: {
          name: 'SchemaMismatch',
          mismatches: ['There is no table a: fix it.', 'There is no table b: fix it.'],
          message: expect.stringContaining('- There is no table b: fix it.'),
        },
      });
    }
    expect(asked()).toBe(1);
    pass(1);
    await ready();
    expect(asked()).toBe(2);
  });

  it('hears why the database could not be reached, and asks again', async () => {
    const down = new Error('down');
    const { ready } = verifier(down, []);
    await expect(ready()).rejects.toBe(down);
    await expect(ready()).resolves.toBeUndefined();
  });
});
