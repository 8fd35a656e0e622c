import { expect } from 'vitest';
import { stableId } from '../../builders.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Which ids the host's tables have a place for. */
export const hostIdCases: readonly StorageCase[] = [
  {
    name: 'what is said to be an id of the host can be stored as one, and the rest is said to be none',
    run: async (store) => {
      const { isHostId } = capabilityOf(store, 'hostSchema');
      const mine = stableId('somebody');
      expect(isHostId(mine)).toBe(true);
      expect(['', 'a\0b', '\ud800'].filter(isHostId)).toEqual([]);

      const unprocessable = ['bob', mine.toUpperCase(), `${mine} `, `{${mine}}`, `${mine}\n`].filter(
        isHostId,
      );
      for (const id of [mine, ...unprocessable]) {
        const project = await given.project(store, { name: id });
        const decision = await given.acceptance(store, project);
        const named = {
          ...decision,
          assignee: { id },
          binding: decision.binding && { ...decision.binding, requestedBy: id },
        };
        expect(await when.save(store, named), id).toEqual(['ok']);
        const { binding } = await then.build(store, decision);
        expect(binding.assigneeId?.toLowerCase()).toBe(id.toLowerCase());
      }
    },
  },
];
