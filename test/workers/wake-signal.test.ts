import { expect, it } from 'vitest';
import { createWakeSignal } from '../../src/workers/wake-signal.js';

it('listeners wake those who wait on the queue, all of them, until they are taken out', () => {
  const { wake, onWake } = createWakeSignal();
  const woken: string[] = [];
  const forget = onWake('build-requests', () => woken.push('a'));
  onWake('build-requests', () => woken.push('b'));
  onWake('notifications', () => woken.push('c'));
  wake('build-requests');
  expect(woken).toEqual(['a', 'b']);
  forget();
  wake('build-requests');
  wake('notifications');
  expect(woken).toEqual(['a', 'b', 'b', 'c']);
});

it('listeners that nobody waits for wake nobody', () => {
  expect(() => createWakeSignal().wake('build-requests')).not.toThrow();
});
