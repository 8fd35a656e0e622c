import { expect } from 'vitest';
import { outgoingNotification } from '../../builders.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Dead letters go when they are old. */
export const oldDeadLetterCases: readonly StorageCase[] = [
  {
    name: 'dead letters are removed once they are old, no more at once than asked for, and nothing else is',
    capabilities: ['deadLetters'],
    run: async (store) => {
      const { deadLetters: purge } = capabilityOf(store, 'purge');
      await given.deadLetters(store, 'a', 'b', 'c');
      await when.enqueue(store, outgoingNotification('waits'));
      await when.timePasses(store);
      const untouched = await then.nothingChanges(store, () =>
        purge({ olderThanMs: when.LONG_MS, limit: 10 }),
      );
      expect(untouched).toBe(0);
      expect(await purge({ olderThanMs: when.SHORT_MS, limit: 2 })).toBe(2);
      expect(
        (await then.deadLetters(store)).map(({ reason }) => reason),
        'the oldest first',
      ).toEqual(['c']);
      expect(await purge({ olderThanMs: when.SHORT_MS, limit: 10 })).toBe(1);
      expect(await purge({ olderThanMs: when.SHORT_MS, limit: 10 })).toBe(0);
      expect(await when.claimKeys(store)).toEqual(['waits']);
    },
  },
];
