import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storable } from '../../../src/adapters/memory/storable.js';

const circular: Record<string, unknown> = {};
circular.self = { circular };

const sparse: unknown[] = [];
sparse[1] = 2;

/** How many values there are in it, itself included. */
function count(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, inner) => sum + count(inner), 1);
}

describe('what can be stored', () => {
  it('is everything that comes back from JSON as it went in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(storable(value, 'value')).toEqual(value);
      }),
    );
  });

  it('is not what JSON would leave out, round off or turn into something else', () => {
    fc.assert(
      fc.property(
        fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true, withTypedArray: true }),
        (value) => {
          let copy: unknown;
          try {
            copy = storable(value, 'value');
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError);
            return;
          }
          const printed = JSON.stringify(copy);
          expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify(value)));
          expect(count(copy), 'nothing of it was left out').toBe(count(JSON.parse(printed)));
        },
      ),
    );
  });

  it.each([
    ['undefined', { a: [{ b: undefined }] }, 'value.a[0].b'],
    ['a function', { a: () => 1 }, 'value.a'],
    ['a symbol', { a: Symbol('s') }, 'value.a'],
    ['a bigint', [1n], 'value[0]'],
    ['a date', { at: new Date(0) }, 'value.at'],
    ['a map', new Map(), 'value'],
    ['a hole in an array', sparse, 'value[0]'],
    ['not a number', { a: Number.NaN }, 'value.a'],
    ['infinity', Number.NEGATIVE_INFINITY, 'value'],
    ['a NUL character', { a: 'x\0y' }, 'value.a'],
    ['a NUL character in a key', { 'x\0y': 1 }, 'a key of value'],
    ['half of a surrogate pair', ['\uD83D'], 'value[0]'],
    ['a cycle', circular, 'value.self.circular'],
  ])('is not %s, and the error names the place', (_, value, place) => {
    const attempt = () => storable<unknown>(value, 'value');
    expect(attempt).toThrow(TypeError);
    expect(attempt).toThrow(`${place} cannot be stored`);
  });

  it('is never named by the error: it says where, and not what', () => {
    expect(() => storable({ password: 'hunter2\0' }, 'value')).toThrow(/^(?!.*hunter2)/);
  });

  it('may hold the same object twice, and whole pairs of surrogates', () => {
    const shared = { text: '🚀' };
    expect(storable([shared, shared], 'value')).toEqual([{ text: '🚀' }, { text: '🚀' }]);
  });
});
