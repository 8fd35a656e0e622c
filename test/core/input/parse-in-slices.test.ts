import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInSlices } from '../../../src/core/input/parse-in-slices.js';
import { sized } from '../../support/size.js';

/** What the text says, or that it is not JSON, and the number of pauses. */
function inSlices(json: string, sliceCharacters: number) {
  const parsing = parseInSlices(json, sliceCharacters);
  for (let pauses = 0; ; pauses += 1) {
    try {
      const { done, value } = parsing.next();
      if (done) return { value, pauses };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { value: 'not JSON', pauses };
    }
  }
}

function atOnce(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return 'not JSON';
  }
}

/** As text, since it tells own keys from the prototype, and their order. */
const shown = (value: unknown) => JSON.stringify(value, (_, each) => (Object.is(each, -0) ? '-0' : each));

const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '0', '7', 'a', 'b', '"', '\\'));
const { document } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  ),
  list: fc.array(tie('document'), { maxLength: 6 }),
  object: fc.array(fc.tuple(key, tie('document')), { maxLength: 6 }).map((entries) => ({ written: entries })),
  document: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('list'), tie('object')),
}));

/** A text of the value, with blanks as `blank` gives them, and keys as often as they come. */
function written(value: unknown, blank: () => string): string {
  const around = (text: string) => `${blank()}${text}${blank()}`;
  const isObject = (each: unknown): each is { written: [string, unknown][] } =>
    typeof each === 'object' && each !== null && 'written' in each;
  if (Array.isArray(value)) return around(`[${value.map((each) => written(each, blank)).join() || blank()}]`);
  if (!isObject(value)) return around(JSON.stringify(value));
  const entries = value.written.map(
    ([name, each]) => `${around(JSON.stringify(name))}:${written(each, blank)}`,
  );
  return around(`{${entries.join() || blank()}}`);
}

const text = fc
  .tuple(document, fc.array(fc.constantFrom('', '', ' ', '\n', '\t\r'), { minLength: 1, maxLength: 7 }))
  .map(([value, blanks]) => {
    let next = 0;
    return written(value, () => blanks[next++ % blanks.length] ?? '');
  });

/** A text with one character more, less or changed. */
const damaged = fc
  .tuple(text, fc.nat(), fc.constantFrom('', ',', ':', '[', ']', '{', '}', '"', '0', ' ', 'x'), fc.nat(1))
  .map(([json, at, character, dropped]) => {
    const place = at % (json.length + 1);
    return json.slice(0, place) + character + json.slice(place + dropped);
  });

const slices = fc.integer({ min: 1, max: 40 });

describe('B1 a text that is parsed in slices', () => {
  it('says what it says to JSON.parse, the order of its keys included', () => {
    fc.assert(
      fc.property(text, slices, (json, size) => {
        expect(shown(inSlices(json, size).value)).toBe(shown(atOnce(json)));
      }),
      { numRuns: sized(300, 5_000) },
    );
  });

  it('is refused if JSON.parse refuses it', () => {
    fc.assert(
      fc.property(damaged, slices, (json, size) => {
        expect(shown(inSlices(json, size).value)).toBe(shown(atOnce(json)));
      }),
      { numRuns: sized(500, 10_000) },
    );
  });

  it.each([
    '{} [1,2,3]',
    '[1,2,3] x',
    'x [1,2,3]',
    '[[1,2,3],]',
    '[[1,2,3] [4,5,6]]',
    '[[1,2,3] 4]',
    '[1,2,3}',
    '{"a":[1,2,3],}',
    '{"a":[1,2,3] "b":1}',
    '{[1,2,3]}',
    '{"a" [1,2,3]}',
    '{"b":1,"a":0[1,2,3]}',
    '[1,2,3',
    '[1,,2,3]',
    '[,1,2,3]',
    '[1,2,3,]',
    '[1],[2]',
    '',
  ])('is refused as %s', (json) => {
    expect([inSlices(json, 1).value, atOnce(json)]).toEqual(['not JSON', 'not JSON']);
  });

  it('pauses at least once a slice, however it is nested', () => {
    const flat = JSON.stringify(Array.from({ length: 1_000 }, (_, n) => n));
    const nested = JSON.stringify({
      a: [{ b: { c: Array.from({ length: 1_000 }, (_, n) => ({ [`k${n}`]: n })) } }],
    });
    for (const json of [flat, nested]) {
      const { value, pauses } = inSlices(json, 100);
      expect(value).toEqual(JSON.parse(json));
      expect(pauses).toBeGreaterThan(json.length / 200);
    }
  });
});
