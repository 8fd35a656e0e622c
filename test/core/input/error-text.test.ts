import { describe, expect, it } from 'vitest';
import {
  asError,
  errorName,
  errorText,
  kindOfValue,
  problemLine,
} from '../../../src/core/input/error-text.js';
import { secret } from '../../../src/core/input/secret.js';

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

/** What JavaScript can throw, and no text can be made of. */
const HOSTILE: readonly (readonly [string, unknown])[] = [
  ['an object without a prototype', Object.create(null)],
  [
    'an object that refuses to be read',
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
        getPrototypeOf: () => {
          throw new Error('no');
        },
      },
    ),
  ],
  [
    'an Error whose name and message cannot be read',
    Object.defineProperties(new Error('hidden'), {
      name: { get: () => Object.create(null).toString() },
      message: { get: () => Object.create(null).toString() },
    }),
  ],
];

describe('C10 what a function of the host threw', () => {
  it.each(HOSTILE)('is put into words without throwing: %s', (_, thrown) => {
    expect(errorText(thrown)).toBe('an object that has no text');
    expect(errorName(thrown)).toBeNull();
    expect(asError(thrown)).toBeInstanceOf(Error);
    expect(problemLine(thrown)).toBe('an object, which is no Error');
  });

  it.each([
    [new TypeError('x is not a function'), 'TypeError: x is not a function'],
    [new RangeError(''), 'RangeError'],
    ['no disk', 'no disk'],
    [null, 'null, which is no Error'],
    [7, 'a number, which is no Error'],
    [new Error('two\n  lines\u0000'), 'Error: two lines'],
    [
      new Error('GET https://ada:pw@api.example/v1?token=t failed, bearer abc.def'),
      'Error: GET https://api.example failed, bearer [redacted]',
    ],
  ])('is its name and message in one line, without credentials: %s', (thrown, line) => {
    expect(problemLine(thrown)).toBe(line);
  });

  it('is cut to 200 characters, and shows no secret that the library knows', () => {
    const token = secret('t0ken-of-the-host');
    expect(problemLine(new Error(`refused t0ken-of-the-host, which is ${String(token)}`))).toBe(
      'Error: refused [redacted], which is [redacted]',
    );
    expect(problemLine(new Error('a'.repeat(1_000)))).toHaveLength(200);
  });
});

describe('an answer that cannot be used', () => {
  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [Number.NaN, 'NaN'],
    [1, 'a number'],
    ['secret', 'a string'],
    [[], 'a list'],
    [{}, 'an object'],
  ])('is named by its kind, and never quoted: %j', (value, kind) => {
    expect(kindOfValue(value)).toBe(kind);
  });
});
