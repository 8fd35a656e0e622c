import { describe, expect, it } from 'vitest';
import { callSafely } from '../../src/observability/call-safely.js';

const FAILURES: readonly (readonly [string, () => unknown])[] = [
  [
    'throws',
    () => {
      throw new Error('no disk');
    },
  ],
  ['rejects', () => Promise.reject(new Error('no disk'))],
  [
    'rejects with a promise of another kind',
    // As a promise of another library, or of another realm: an async function in a vm returns one.
    // biome-ignore lint/suspicious/noThenProperty: a promise of another kind is the point
    () => ({ then: (_: unknown, no?: (why: unknown) => void) => no?.('no disk') }),
  ],
  [
    'returns what throws when it is looked at',
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: a promise of another kind is the point
      get then(): never {
        throw new Error('no disk');
      },
    }),
  ],
];

describe('C10 a listener of the host', () => {
  it.each(FAILURES)('that %s is told of, and affects nobody', async (_, listener) => {
    const problems: unknown[] = [];
    expect(() => callSafely(listener, (problem) => problems.push(problem))).not.toThrow();
    expect(() => callSafely(listener)).not.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    expect(problems).toHaveLength(1);
  });

  it('that never settles is not waited for', () => {
    expect(callSafely(() => new Promise(() => {}))).toBeUndefined();
  });
});
