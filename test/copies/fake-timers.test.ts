import { afterEach, describe, expect, it, vi } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';

/** As hosts begin many of their tests; Jest's own fake timers also hold back microtasks and ticks. */
const FAKES = [
  ['the fake timers of Vitest', () => vi.useFakeTimers({ now: 0 })],
  [
    'fake timers that hold back microtasks as well',
    () => vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'setImmediate', 'Date', 'queueMicrotask'] }),
  ],
  [
    'ids and random numbers that never change',
    () => {
      vi.spyOn(Math, 'random').mockReturnValue(0);
      vi.spyOn(crypto, 'randomUUID').mockReturnValue('00000000-0000-4000-8000-000000000000');
    },
  ],
] as const;

describe.each(FAKES)('a test of a host with %s', (_, fake) => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('sees its builds come to their end', async () => {
    const host = given.app(memoryStorage());
    fake();
    await given.requestedBuild(host);
    const workers = host.builds.startWorkers();
    await workers.drain();
    await workers.stop();
    expect(await then.bindings(host)).toMatchObject([{ status: 'active' }]);
  });
});
