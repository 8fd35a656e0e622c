import { describe, expect, it } from 'vitest';
import { readWatchOptions } from '../../src/input/watch-options.js';
import { openHost } from '../workers/support/open-host.js';

const DEFAULTS = { intervalMs: 2_000, overlapMs: 10_000, maxChanges: 1_000 };

/** Reads what a host without types might say. */
const readAny = (options: unknown) => () => readWatchOptions(JSON.parse(JSON.stringify(options)));

describe('the options of watching', () => {
  it('have a default each, and are taken from the host one by one', () => {
    expect(readWatchOptions(undefined)).toEqual(DEFAULTS);
    expect(readWatchOptions({ intervalMs: 500 })).toEqual({ ...DEFAULTS, intervalMs: 500 });
  });

  it.each([
    [{ intervalMs: 0 }, 'watch.intervalMs'],
    [{ intervalMs: '2' }, 'watch.intervalMs'],
    [{ overlapMs: 1.5 }, 'watch.overlapMs'],
    [{ maxChanges: 0 }, 'watch.maxChanges'],
    [{ intervalMs: 20_000 }, 'watch.overlapMs: must not be less than watch.intervalMs'],
    [{ every: 3 }, 'every'],
  ])('that make no sense are refused by name: %j', (options, name) => {
    expect(readAny(options)).toThrow(TypeError);
    expect(readAny(options)).toThrow(name);
  });

  it('that make no sense are refused before anything is wired', () => {
    expect(() => openHost({ watch: { intervalMs: 0 } })).toThrow(TypeError);
  });
});
