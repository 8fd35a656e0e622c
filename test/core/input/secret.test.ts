import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { sharedByCopies } from '../../../src/copies/shared-by-copies.js';
import { redactSecrets, reveal, type Secret, secret } from '../../../src/core/input/secret.js';

const TEXT = 'text-that-nobody-may-see';

function printed(value: unknown): string {
  let text = '';
  const write = (chunk: unknown, _: unknown, done: () => void) => {
    text += String(chunk);
    done();
  };
  const console = new Console(new Writable({ write }));
  console.log(value);
  console.log('%s %o %O %j', value, value, value, value);
  console.dir(value, { showHidden: true, depth: null });
  console.table([value]);
  return text;
}

describe('a secret', () => {
  it.each<[string, (value: Secret) => unknown]>([
    ['String', (value) => String(value)],
    ['toString', (value) => value.toString()],
    ['a template', (value) => `${value}`],
    ['JSON.stringify', (value) => JSON.stringify(value)],
    ['JSON.stringify of what holds it', (value) => JSON.stringify({ token: [value] })],
    ['util.inspect', (value) => inspect(value)],
    ['util.inspect of what holds it', (value) => inspect({ token: value })],
    ['util.format', (value) => format('%s %j', value, value)],
    ['console', printed],
  ])('shows as [redacted] in %s', (_, show) => {
    const shown = String(show(secret(TEXT)));
    expect(shown).toContain('[redacted]');
    expect(shown).not.toContain(TEXT);
  });

  it.each<[string, (value: Secret) => unknown]>([
    ['structuredClone', (value) => structuredClone(value)],
    ['a spread', (value) => ({ ...value })],
    ['Object.assign', (value) => Object.assign({}, value)],
    ['JSON and back', (value) => JSON.parse(JSON.stringify(value))],
  ])('is not in a copy by %s, which is no secret any more', (_, copy) => {
    const copied = copy(secret(TEXT));
    expect(inspect(copied, { showHidden: true, depth: null })).not.toContain(TEXT);
    expect(reveal(copied)).toBeNull();
  });

  it('has nothing in it to be found', () => {
    const made = secret(TEXT);
    expect(Reflect.ownKeys(made)).toEqual([]);
    expect(serialize(made).toString('latin1')).not.toContain(TEXT);
    expect(inspect(made, { showHidden: true, customInspect: false, getters: true })).not.toContain(TEXT);
    expect(Reflect.set(made, 'toString', () => TEXT)).toBe(false);
  });

  it('gives its text to the adapter, and each is its own', () => {
    expect([reveal(secret('one')), reveal(secret('two')), reveal('three'), reveal(null)]).toEqual([
      'one',
      'two',
      null,
      null,
    ]);
  });

  it.each(['', undefined, 7])('is not made of %o, and is asked for in words that help', (value) => {
    expect(() => Reflect.apply(secret, undefined, [value])).toThrow(/is its environment variable set\?/);
  });
});

describe('a text without secrets', () => {
  it('has none that is in use or given, the longer one first where one begins the other', () => {
    const [short, long] = [secret('planted-one'), secret('planted-one-longer')];
    const text = redactSecrets('a planted-one-longer, a planted-one, a token-of-others', [
      'token-of-others',
      null,
    ]);
    expect([short, long].map((each) => reveal(each))).toEqual(['planted-one', 'planted-one-longer']);
    expect(text).not.toMatch(/planted|longer|token/);
  });

  it('is made without keeping any: a host may make one for every call', async () => {
    const { inUse } = sharedByCopies('secrets/1', () => ({ inUse: new Set<unknown>() }));
    const made = 1_000;
    const before = inUse.size;
    for (let each = 0; each < made; each += 1) secret(`made-for-call-${each}`);
    expect(inUse.size).toBe(before + made);
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const isForgotten = () => {
      collect();
      return inUse.size < before + made / 2;
    };
    await vi.waitUntil(isForgotten, { timeout: 30_000 });
  });
});
