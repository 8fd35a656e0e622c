import { describe, expect, it } from 'vitest';
import { anyText, idText, storableText } from '../../../src/core/input/text.js';

describe('text of a caller', () => {
  it.each(['x', 'two\nlines', '😀', 'x'.repeat(1_000)])('is taken where a database stores it: %j', (text) => {
    expect(storableText(1_000).parse(text)).toBe(text);
  });

  it.each(['', 'a\0b', '\ud83d', '\ude00!'])(
    'is refused where it is empty or no database stores it: %j',
    (text) => {
      expect(storableText(1_000).safeParse(text).success).toBe(false);
    },
  );

  it('has at most 200 characters as an id', () => {
    expect(idText.safeParse('x'.repeat(200)).success).toBe(true);
    expect(idText.safeParse('x'.repeat(201)).success).toBe(false);
  });

  it('may be empty where a caller may leave it so', () => {
    expect(anyText(3).parse('')).toBe('');
    expect(anyText(3).safeParse('four').error?.issues[0]?.message).toBe(
      'give a text of at most 3 characters',
    );
    expect(anyText(3).safeParse(4).error?.issues[0]?.message).toBe('give a text of at most 3 characters');
  });
});
