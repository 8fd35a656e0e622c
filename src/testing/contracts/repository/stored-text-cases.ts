import { err } from 'neverthrow';
import { expect } from 'vitest';
import { acceptedDecision } from '../../decision-builders.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';

const BLUEPRINT = `{
  "nodes": [{ "id": "n1", "amount": 12345678901234567890, "rate": 0.10000000000000000555, "größe": "„ß“ 🚀 \\"quoted\\"" }],
  "edges": [],
  "x-unknown": { "constructor": [null, true, "", 0, -1], "": {} }
}`;

/** What must come back as it was stored, and the marks that tell one stored state from the next. */
export const storedTextCases: readonly StorageCase[] = [
  {
    name: 'a blueprint keeps every digit of its numbers, its unknown keys and its characters',
    run: async (store) => {
      const project = await given.project(store);
      await store.host.update('automationVersions', project.versionId, { blueprintJson: BLUEPRINT });
      const { blueprintJson } = (await then.candidate(store, project)).automationVersion;
      expect(blueprintJson).toContain('12345678901234567890');
      expect(blueprintJson).toContain('0.10000000000000000555');
      expect(JSON.parse(blueprintJson ?? '')).toEqual(JSON.parse(BLUEPRINT));
    },
  },
  {
    name: 'updatedAt is finer than a millisecond, moves with every write and stays while nobody writes',
    run: async (store) => {
      const project = await given.project(store);
      const seen = new Set<string>();
      for (let write = 0; write < 10; write += 1) {
        await store.passTime(2);
        await store.host.update('automationVersions', project.versionId, {
          status: write % 2 === 0 ? 'Archived' : 'Ready for Build',
        });
        for (let read = 0; read < 2; read += 1)
          seen.add(then.present((await then.candidate(store, project)).automationVersion.updatedAt));
      }
      expect(seen.size).toBe(10);
      const finer = [...seen].filter((text) => /\.\d{4,6}(?!\d)/.test(text));
      expect(finer, 'a date of JavaScript would have cut it').not.toEqual([]);
    },
  },
  {
    name: 'a row version stays while nobody writes, and moves with every write, even when the row is then as it was before',
    run: async (store) => {
      const project = await given.project(store);
      const before = await then.candidate(store, project);
      const decision = acceptedDecision(before, { tenantId: project.tenantId });
      await store.repository.transaction(async (tx) => {
        await store.repository.save(tx, [decision]);
        return err('rolled back');
      });
      expect(await then.candidate(store, project), 'nor does a rollback move it').toEqual(before);

      for (const status of ['Archived', 'Ready for Build']) {
        await store.host.update('automationVersions', project.versionId, { status });
        await store.host.update('projects', project.projectId, { status });
      }
      await store.host.update('quotes', project.quoteId, { status: 'signed' });
      const after = await then.candidate(store, project);

      const marksOf = ({ automationVersion, projects, quotes }: typeof before) =>
        [automationVersion, ...projects, ...quotes].map((row) => row.rowVersion);
      expect(marksOf(before)).toHaveLength(3);
      for (const [index, mark] of marksOf(after).entries()) expect(mark).not.toBe(marksOf(before)[index]);
    },
  },
];
