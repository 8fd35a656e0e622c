import { describe, expect, it } from 'vitest';
import { readWatchOptions } from '../../src/input/watch-options.js';
import { openHost } from '../workers/support/open-host.js';

const DEFAULTS = { everyMs: 2_000, overlapMs: 10_000, mostChanges: 1_000 };

/** Reads what a host without types might say. */
const readAny = (options: unknown) => () => readWatchOptions(JSON.parse(JSON.stringify(options)));

describe('the options of watching', () => {
  it('have a default each, and are taken from the host one by one', () => {
    expect(readWatchOptions(undefined)).toEqual(DEFAULTS);
    expect(readWatchOptions({ everyMs: 500 })).toEqual({ ...DEFAULTS, everyMs: 500 });
  });

  it.each([
    [{ everyMs: 0 }, 'watch.everyMs'],
    [{ everyMs: '2' }, 'watch.everyMs'],
    [{ overlapMs: 1.5 }, 'watch.overlapMs'],
    [{ mostChanges: 0 }, 'watch.mostChanges'],
    [{ everyMs: 20_000 }, 'watch.overlapMs: must not be less than watch.everyMs'],
    [{ every: 3 }, 'every'],
  ])('that make no sense are refused by name: %j', (options, name) => {
    expect(readAny(options)).toThrow(TypeError);
    expect(readAny(options)).toThrow(name);
  });

  it('that make no sense are refused before anything is wired', () => {
    expect(() => openHost({ watch: { everyMs: 0 } })).toThrow(TypeError);
  });
});
