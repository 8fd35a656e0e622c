import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findingsOf, idText, storableText } from '../../../src/core/input/text.js';

describe('text of a caller', () => {
  it.each(['x', 'two\nlines', '😀', 'x'.repeat(1_000)])('is taken where a database stores it: %j', (text) => {
    expect(storableText.parse(text)).toBe(text);
  });

  it.each(['', 'a\0b', '\ud83d', '\ude00!'])(
    'is refused where it is empty or no database stores it: %j',
    (text) => {
      expect(storableText.safeParse(text).success).toBe(false);
    },
  );

  it('has at most 200 characters as an id', () => {
    expect(idText.safeParse('x'.repeat(200)).success).toBe(true);
    expect(idText.safeParse('x'.repeat(201)).success).toBe(false);
  });
});

describe('the findings about an input', () => {
  it('are one for each mistake, with the path to it', () => {
    const read = z
      .strictObject({ name: storableText, of: z.array(idText) })
      .safeParse({ name: 'a\0', of: ['x', ''] });
    expect(read.error && findingsOf(read.error)).toEqual([
      { path: 'name', message: 'leave out NUL and lone surrogates' },
      { path: 'of.1', message: expect.stringContaining('1') },
    ]);
  });
});
