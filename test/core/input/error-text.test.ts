import { describe, expect, it } from 'vitest';
import { asError, errorName, errorText } from '../../../src/core/input/error-text.js';

describe('what was thrown', () => {
  const problem = new RangeError('too far');

  it('has the text, the name and the identity of an Error', () => {
    expect(errorText(problem)).toBe('too far');
    expect(errorName(problem)).toBe('RangeError');
    expect(asError(problem)).toBe(problem);
  });

  it.each([
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [7, '7'],
  ])('is made an Error where it is none: %j', (thrown, text) => {
    expect(errorText(thrown)).toBe(text);
    expect(errorName(thrown)).toBeNull();
    expect(asError(thrown)).toEqual(new Error(text));
  });
});
