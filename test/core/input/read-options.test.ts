import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  callback,
  flag,
  having,
  inOrder,
  milliseconds,
  numberBetween,
  oneOf,
  options,
  text,
  wholeNumber,
} from '../../../src/core/input/option-kinds.js';
import { readOptions } from '../../../src/core/input/read-options.js';

const schema = options({
  name: text(),
  store: having<{ read: () => void; write: () => void }>(['read', 'write'], 'give a store'),
  limit: wholeNumber('calls', 1, 10).default(5),
  mode: oneOf('slow', 'fast').optional(),
  verbose: flag().optional(),
  version: oneOf('one').optional(),
  jitter: numberBetween(0, 1).optional(),
  onEvent: callback<() => void>().optional(),
  tags: z
    .array(text())
    .min(1, { error: 'give at least one tag' })
    .max(2, { error: 'give two tags' })
    .optional(),
  delay: options({ minMs: milliseconds(), maxMs: milliseconds().prefault(1_000) })
    .superRefine(inOrder('delay', 'minMs', 'maxMs'))
    .optional(),
  steps: z.array(options({ waitMs: milliseconds() })).optional(),
  tenants: z.record(z.string(), options({ weight: numberBetween(0, 1) })).optional(),
  target: z
    .discriminatedUnion(
      'kind',
      [
        options({ kind: z.literal('tcp'), address: options({ host: text() }) }),
        options({ kind: z.literal('socket'), path: text() }),
      ],
      { error: 'give a host or a socket' },
    )
    .optional(),
  proxy: z
    .union([text(), options({ url: text(), login: options({ user: text() }).optional() })], {
      error: 'give a URL',
    })
    .optional(),
  either: z
    .union([options({ left: text() }), options({ right: text() })], { error: 'give one of them' })
    .optional(),
  log: options({ level: text() })
    .transform(({ level }) => level)
    .optional(),
  pattern: z
    .string()
    .refine((value) => value.startsWith('/'), { error: 'give a path' })
    .optional(),
  prefix: z.string().startsWith('wrk', { error: 'give a text that begins with wrk' }).optional(),
});

const store = { read: () => {}, write: () => {} };
const good = { name: 'a', store };

const problemsOf = (given: unknown) => {
  try {
    readOptions('open(…)', schema, given);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    const [first, ...lines] = (error as Error).message.split('\n');
    expect(first).toBe('open(…) cannot use these options:');
    return lines.map((line) => line.replace(/^- /, ''));
  }
  return [];
};

const onlyProblemOf = (wrong: object) => {
  const lines = problemsOf({ ...good, ...wrong });
  expect(lines).toHaveLength(1);
  return lines[0];
};

describe('options that can be used', () => {
  it('come back with their defaults', () => {
    expect(readOptions('open(…)', schema, { ...good, delay: { minMs: 1 } })).toEqual({
      ...good,
      limit: 5,
      delay: { minMs: 1, maxMs: 1_000 },
    });
  });

  it('may hold functions and instances, which stay what they are', () => {
    class Store {
      read() {}
      write() {}
    }
    const given = { name: 'a', store: new Store(), onEvent: () => {} };
    const read = readOptions('open(…)', schema, given);
    expect(read.store).toBe(given.store);
    expect(read.onEvent).toBe(given.onEvent);
  });

  it('may be a function that has the methods', () => {
    const callable = Object.assign(() => {}, store);
    expect(readOptions('open(…)', schema, { name: 'a', store: callable }).store).toBe(callable);
  });
});

describe('options that cannot be used', () => {
  it.each<[object, string]>([
    [{ name: undefined }, 'name: is missing: give a text of at least one character'],
    [{ name: null }, 'name: is null: give a text of at least one character'],
    [{ name: 7 }, 'name: is a number: give a text of at least one character'],
    [{ name: '' }, 'name: is too short: give a text of at least one character'],
    [{ name: [] }, 'name: is a list: give a text of at least one character'],
    [{ name: {} }, 'name: is an object: give a text of at least one character'],
    [{ store: undefined }, 'store: is missing: give a store'],
    [{ store: null }, 'store: is null: give a store'],
    [{ store: 'pg' }, 'store: is a string: give a store'],
    [{ store: { read: store.read } }, 'store: has no write: give a store'],
    [{ limit: '5' }, 'limit: is a string: give a whole number of calls from 1 to 10'],
    [{ limit: Number.NaN }, 'limit: is NaN: give a whole number of calls from 1 to 10'],
    [{ limit: -Infinity }, 'limit: is -Infinity: give a whole number of calls from 1 to 10'],
    [{ limit: 2.5 }, 'limit: is not a whole number: give a whole number of calls from 1 to 10'],
    [{ limit: 0 }, 'limit: is too small: give a whole number of calls from 1 to 10'],
    [{ limit: 11 }, 'limit: is too large: give a whole number of calls from 1 to 10'],
    [{ mode: 'faster' }, "mode: cannot be used: give 'slow' or 'fast'"],
    [{ version: 'two' }, "version: cannot be used: give 'one'"],
    [{ verbose: 'yes' }, 'verbose: is a string: give true or false'],
    [{ jitter: 1.1 }, 'jitter: is too large: give a number from 0 to 1'],
    [{ onEvent: 'log' }, 'onEvent: is a string: give a function'],
    [{ onEvent: null }, 'onEvent: is null: give a function'],
    [{ tags: [] }, 'tags: is too short: give at least one tag'],
    [{ tags: ['a', 'b', 'c'] }, 'tags: is too long: give two tags'],
    [{ tags: ['a', ''] }, 'tags.1: is too short: give a text of at least one character'],
    [{ delay: 5 }, 'delay: is a number: give an object of minMs, maxMs'],
    [{ delay: { minMs: 2_000 } }, 'delay.maxMs: is less than delay.minMs: give at least as much'],
    [
      { delay: { minMs: 1, maxMs: 86_400_001 } },
      'delay.maxMs: is too large: give a whole number of milliseconds from 1 to 86400000',
    ],
    [{ target: 'here' }, 'target: is a string: give a host or a socket'],
    [{ target: { kind: 'pipe' } }, 'target.kind: cannot be used: give a host or a socket'],
    [{ proxy: 5 }, 'proxy: is a number: give a URL'],
    [{ proxy: '' }, 'proxy: is too short: give a text of at least one character'],
    [{ proxy: { url: 7 } }, 'proxy.url: is a number: give a text of at least one character'],
    [{ either: { right: 7 } }, 'either: is an object: give one of them'],
    [{ mode: 7 }, "mode: is a number: give 'slow' or 'fast'"],
    [{ pattern: 'x' }, 'pattern: cannot be used: give a path'],
    [{ prefix: 'x' }, 'prefix: cannot be used: give a text that begins with wrk'],
  ])('%j', (wrong, problem) => {
    expect(onlyProblemOf(wrong)).toBe(problem);
  });

  it.each<[object, string]>([
    [{ limits: 5 }, 'limits: is not an option: did you mean “limit”?'],
    [{ delay: { minMs: 1, maxMS: 2 } }, 'delay.maxMS: is not an option: did you mean “maxMs”?'],
    [{ steps: [{ waitMs: 1, wait: 1 }] }, 'steps.0.wait: is not an option: did you mean “waitMs”?'],
    [
      { tenants: { a: { weight: 1, wieght: 1 } } },
      'tenants.a.wieght: is not an option: did you mean “weight”?',
    ],
    [{ log: { level: 'a', lvel: 'b' } }, 'log.lvel: is not an option: did you mean “level”?'],
    [{ proxy: { url: 'a', ulr: 'b' } }, 'proxy.ulr: is not an option: did you mean “url”?'],
    [
      { proxy: { url: 'a', login: { user: 'a', usr: 'b' } } },
      'proxy.login.usr: is not an option: did you mean “user”?',
    ],
    [
      { target: { kind: 'tcp', address: { host: 'a', hots: 'b' } } },
      'target.address.hots: is not an option: did you mean “host”?',
    ],
    [
      { target: { kind: 'tcp', address: { host: 'a' }, paths: 'b' } },
      'target.paths: is not an option: did you mean “path”?',
    ],
    [{ minMs: 1 }, 'minMs: is not an option: did you mean “delay.minMs”?'],
    [{ address: {} }, 'address: is not an option: did you mean “target.address”?'],
    [
      { delay: { minMs: 1, somethingElse: 2 } },
      'delay.somethingElse: is not an option: give one of minMs, maxMs',
    ],
  ])('names the key it may have been: %j', (wrong, problem) => {
    expect(onlyProblemOf(wrong)).toBe(problem);
  });

  it('are said to be missing, or of another kind, as a whole too', () => {
    const give = `give an object of ${Object.keys(schema.shape).join(', ')}`;
    expect(problemsOf(undefined)).toEqual([`options: is missing: ${give}`]);
    expect(problemsOf([])).toEqual([`options: is a list: ${give}`]);
  });

  it('are all named at once, each once', () => {
    expect(problemsOf({ store, limit: 0, wat: 1, naem: 'a' })).toEqual([
      'name: is missing: give a text of at least one character',
      'limit: is too small: give a whole number of calls from 1 to 10',
      expect.stringMatching(/^wat: is not an option: /),
      'naem: is not an option: did you mean “name”?',
    ]);
  });

  it('are never quoted: one may be a secret', () => {
    expect(
      problemsOf({ name: 'a', store: 'hunter2', mode: 'hunter2', pattern: 'hunter2' }).join(),
    ).not.toContain('hunter2');
  });
});
