import { expect } from 'vitest';
import { outgoingNotification } from '../../builders.js';
import { capabilityOf } from '../support/capability-of.js';
import { bury, lettersOf } from '../support/dead-letter-steps.js';
import { claimKeys } from '../support/queue-steps.js';
import type { StorageCase } from '../support/storage-case.js';
import { changingNothing, enqueue, LONG_MS, outlast, SHORT_MS } from '../support/store-steps.js';

/** Dead letters go when they are old. */
export const oldDeadLetterCases: readonly StorageCase[] = [
  {
    name: 'dead letters are removed once they are old, no more at once than asked for, and nothing else is',
    capabilities: ['deadLetters'],
    run: async (store) => {
      const { deadLetters: purge } = capabilityOf(store, 'purge');
      await bury(store, 'a', 'b', 'c');
      await enqueue(store, outgoingNotification('waits'));
      await outlast(store);
      const untouched = await changingNothing(store, () => purge({ olderThanMs: LONG_MS, limit: 10 }));
      expect(untouched).toBe(0);
      expect(await purge({ olderThanMs: SHORT_MS, limit: 2 })).toBe(2);
      expect(
        (await lettersOf(store)).map(({ reason }) => reason),
        'the oldest first',
      ).toEqual(['c']);
      expect(await purge({ olderThanMs: SHORT_MS, limit: 10 })).toBe(1);
      expect(await purge({ olderThanMs: SHORT_MS, limit: 10 })).toBe(0);
      expect(await claimKeys(store)).toEqual(['waits']);
    },
  },
];
