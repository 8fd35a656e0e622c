import { err } from 'neverthrow';
import { expect } from 'vitest';
import type { AuditEntry } from '../../core/build/audit-entries.js';
import { OTHER_TENANT, stableId, TENANT } from '../builders.js';
import type { StorageHarness, StorageUnderTest } from '../storage-harness.js';
import * as given from './support/given.js';
import { describeContract, type StorageCase } from './support/storage-case.js';
import * as then from './support/then.js';
import * as when from './support/when.js';

const RESOURCE = stableId('resource');

const cases: readonly StorageCase[] = [
  {
    name: 'an entry comes back as it went in, with an id and a time of its own',
    run: async (store) => {
      const metadata = {
        text: `„ß“ 🚀 "quoted" \\ <b> 'n'\n`,
        empty: { text: '', list: [], object: {}, nothing: null, no: false, zero: 0 },
        nested: [{ deeper: [1, -2.5, 1e21, 9007199254740991] }],
      };
      const byPerson = entry({ userId: stableId('user'), metadata });
      await append(store, byPerson);
      const [stored, ...more] = await listed(store);
      expect(stored).toEqual({ ...byPerson, id: expect.any(String), createdAt: expect.any(String) });
      expect(stored?.createdAt).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/);
      expect(more).toEqual([]);
    },
  },
  {
    name: 'entries of a transaction that is rolled back are gone',
    run: async (store) => {
      await then.nothingChanges(store, () =>
        store.repository.transaction(async (tx) => {
          await store.auditLog.append(tx, [entry()]);
          return err('rolled back');
        }),
      );
      expect(await listed(store)).toEqual([]);
    },
  },
  {
    name: 'entries come oldest first, and those of one call are all there',
    run: async (store) => {
      for (const number of [1, 2, 3]) {
        await append(store, entry({ metadata: { number } }));
        await store.passTime(5);
      }
      await append(store, entry({ metadata: { number: 4 } }), entry({ metadata: { number: 4 } }));
      await append(store);
      expect((await listed(store)).map(({ metadata }) => metadata.number)).toEqual([1, 2, 3, 4, 4]);
    },
  },
  {
    name: 'a tenant sees its own entries about a resource, and nobody else does',
    run: async (store) => {
      await append(
        store,
        entry({ metadata: { whose: 'ours' } }),
        entry({ metadata: { whose: 'theirs' }, tenantId: OTHER_TENANT }),
        entry({ metadata: { whose: 'ours, elsewhere' }, resourceId: stableId('elsewhere') }),
      );
      expect(await listed(store)).toMatchObject([{ metadata: { whose: 'ours' } }]);
      expect(await listed(store, OTHER_TENANT)).toMatchObject([{ metadata: { whose: 'theirs' } }]);
      expect(await listed(store, given.NOBODY)).toEqual([]);
    },
  },
];

/**
 * Registers the tests that every `AuditLog` must pass, with vitest. Call it at the top level of a test file.
 * Transactions come from the repository of the same family.
 */
export function auditLogContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('audit log', underTest, [{ name: 'entries', cases }]);
}

function entry(fields: Partial<AuditEntry> = {}): AuditEntry {
  return {
    tenantId: TENANT,
    userId: null,
    actionType: 'build_complete',
    resourceType: 'automation_version',
    resourceId: RESOURCE,
    metadata: { workflow_id: 'wf-1' },
    ...fields,
  };
}

function append<Tx>(store: StorageHarness<Tx>, ...entries: readonly AuditEntry[]): Promise<void> {
  return when.commit(store, (tx) => store.auditLog.append(tx, entries));
}

function listed<Tx>(store: StorageHarness<Tx>, tenantId = TENANT) {
  return store.auditLog.list({ tenantId, resourceId: RESOURCE });
}
