import { expect } from 'vitest';
import type { BuildDecision } from '../../../core/build/decision.js';
import { BUILD_REQUESTS } from '../../../core/build/messages.js';
import {
  acceptedDecision,
  completedDecision,
  deferredDecision,
  failedDecision,
} from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { fusedOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Each decision is committed with its messages and its audit entry, or nothing of it is. */
export const commitCases: readonly StorageCase[] = [
  {
    name: 'stale and key_taken decisions leave nothing behind, and their the other items of the batch everything',
    run: async (store) => {
      const decisions = [];
      for (const name of ['a', 'b', 'c', 'd']) {
        const idempotencyKey = name === 'c' ? 'a' : name;
        decisions.push(
          await given.acceptance(store, await given.project(store, { name }), { idempotencyKey }),
        );
      }
      const [a, b, c, d] = decisions;
      await store.host.update('projects', `${b?.guard.project?.id}`, { name: 'New name' });
      expect(await fusedOf(store).commit(a ? [a] : [])).toEqual(['ok']);

      const rest = [b, c, d].flatMap((decision) => decision ?? []);
      expect(await fusedOf(store).commit(rest)).toEqual(['stale', 'key_taken', 'ok']);
      await expectWritten(store, [a, d]);
      expect(await then.nothingChanges(store, () => fusedOf(store).commit(rest))).not.toContain('ok');
      expect(await fusedOf(store).commit([])).toEqual([]);
    },
  },
  {
    name: 'a decision that is busy leaves nothing behind and delays none of its the other items of the batch',
    concurrent: true,
    run: async (store) => {
      const decisions: BuildDecision[] = [];
      for (const name of ['a', 'b', 'c'])
        decisions.push(await given.acceptance(store, await given.project(store, { name })));
      const [a, b, c] = decisions;
      await when.locked(store, ['projects', `${b?.guard.project?.id}`], async () => {
        expect(await fusedOf(store).commit(decisions)).toEqual(['ok', 'busy', 'ok']);
        await expectWritten(store, [a, c]);
      });
      expect(await fusedOf(store).commit(b ? [b] : [])).toEqual(['ok']);
      await expectWritten(store, [a, b, c]);
    },
  },
  {
    name: 'a decision that the database will not take is answered with an error, and its the other items of the batch are written',
    run: async (store) => {
      const [a, b, c] = (await given.builds(store, ['a', 'b', 'c'])).map(then.present);
      const [first, second, third] = [
        completedDecision(await when.claim(store, then.present(a))),
        failedDecision(await when.claim(store, then.present(b))),
        completedDecision(await when.claim(store, then.present(c))),
      ];
      const binding = second.binding && {
        ...second.binding,
        errorDetails: { detail: 'no text holds \u0000' },
      };
      const before = await then.timelessBuild(store, then.present(b));
      const verdicts = await fusedOf(store).commit([first, { ...second, binding }, third]);
      expect(verdicts).toEqual(['ok', expect.any(Error), 'ok']);
      expect(await then.timelessBuild(store, then.present(b))).toEqual(before);
      expect((await store.libraryRows()).audit).toHaveLength(2);
      expect(await fusedOf(store).commit([second]), 'a whole decision still can be').toEqual(['ok']);
    },
  },
  {
    name: 'of ten commits at once on the same facts exactly one leaves its rows, its messages and its audit entry',
    run: async (store) => {
      const project = await given.project(store);
      const facts = await then.candidate(store, project);
      const rivals = Array.from({ length: 10 }, (_, index) =>
        acceptedDecision(facts, { tenantId: project.tenantId, label: `caller ${index}` }),
      );
      const verdicts = (await Promise.all(rivals.map((rival) => fusedOf(store).commit([rival])))).flat();
      then.oneWins(verdicts);
      await expectWritten(store, [rivals[verdicts.indexOf('ok')]]);
    },
  },
  {
    name: 'a message whose key still waits is not added again and keeps the earlier time',
    run: async (store) => {
      const accepted = await given.acceptance(store, await given.project(store));
      await fusedOf(store).commit([accepted]);
      const deferred = deferredDecision(await when.claim(store, accepted), { runInMs: when.LONG_MS });
      expect(await fusedOf(store).commit([deferred])).toEqual(['ok']);
      expect(await store.queue.stats(BUILD_REQUESTS)).toMatchObject({ waiting: 1, inFlight: 0, dead: 0 });
      expect(await when.claimMessages(store, { queue: BUILD_REQUESTS })).toHaveLength(1);
    },
  },
];

/** Exactly these decisions left their binding, their messages and their audit entry. */
async function expectWritten<Tx>(
  store: StorageHarness<Tx>,
  decisions: readonly (BuildDecision | undefined)[],
): Promise<void> {
  const written = decisions.flatMap((decision) => decision ?? []);
  expect(written).toHaveLength(decisions.length);
  const { bindings, messages, audit } = await store.libraryRows();
  const textOf = (values: readonly unknown[]) => values.map(String).toSorted();
  expect(textOf(bindings.map((row) => row.decision_id))).toEqual(textOf(written.map(({ id }) => id)));
  const keys = written.flatMap((decision) => decision.messages.map((message) => message.key));
  expect(textOf(messages.map((row) => row.key))).toEqual(textOf(keys));
  const resources = written.map((decision) => decision.audit?.resourceId);
  expect(textOf(audit.map((row) => row.resource_id))).toEqual(textOf(resources));
}
