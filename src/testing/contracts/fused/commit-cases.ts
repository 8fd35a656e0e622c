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
import { fusedOf } from '../support/fused-steps.js';
import { take } from '../support/queue-steps.js';
import type { StorageCase } from '../support/storage-case.js';
import {
  acceptAll,
  buildOf,
  candidateOf,
  changingNothing,
  claim,
  expectOneWinner,
  LONG_MS,
  present,
  requestOf,
  seed,
  whileLocked,
} from '../support/store-steps.js';

/** Each decision is committed with its messages and its audit entry, or nothing of it is. */
export const commitCases: readonly StorageCase[] = [
  {
    name: 'stale and key_taken decisions leave nothing behind, and their the other items of the batch everything',
    run: async (store) => {
      const decisions = [];
      for (const name of ['a', 'b', 'c', 'd']) {
        const idempotencyKey = name === 'c' ? 'a' : name;
        decisions.push(await requestOf(store, await seed(store, { name }), { idempotencyKey }));
      }
      const [a, b, c, d] = decisions;
      await store.host.update('projects', `${b?.guard.project?.id}`, { name: 'New name' });
      expect(await fusedOf(store).commit(a ? [a] : [])).toEqual(['ok']);

      const rest = [b, c, d].flatMap((decision) => decision ?? []);
      expect(await fusedOf(store).commit(rest)).toEqual(['stale', 'key_taken', 'ok']);
      await expectWritten(store, [a, d]);
      expect(await changingNothing(store, () => fusedOf(store).commit(rest))).not.toContain('ok');
      expect(await fusedOf(store).commit([])).toEqual([]);
    },
  },
  {
    name: 'a decision that is busy leaves nothing behind and delays none of its the other items of the batch',
    concurrent: true,
    run: async (store) => {
      const decisions: BuildDecision[] = [];
      for (const name of ['a', 'b', 'c']) decisions.push(await requestOf(store, await seed(store, { name })));
      const [a, b, c] = decisions;
      await whileLocked(store, ['projects', `${b?.guard.project?.id}`], async () => {
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
      const [a, b, c] = (await acceptAll(store, ['a', 'b', 'c'])).map(present);
      const [first, second, third] = [
        completedDecision(await claim(store, present(a))),
        failedDecision(await claim(store, present(b))),
        completedDecision(await claim(store, present(c))),
      ];
      const binding = second.binding && {
        ...second.binding,
        errorDetails: { detail: 'no text holds \u0000' },
      };
      const before = await buildOf(store, present(b));
      const verdicts = await fusedOf(store).commit([first, { ...second, binding }, third]);
      expect(verdicts).toEqual(['ok', expect.any(Error), 'ok']);
      expect(await buildOf(store, present(b))).toEqual(before);
      expect((await store.libraryRows()).audit).toHaveLength(2);
      expect(await fusedOf(store).commit([second]), 'a whole decision still can be').toEqual(['ok']);
    },
  },
  {
    name: 'of ten commits at once on the same facts exactly one leaves its rows, its messages and its audit entry',
    run: async (store) => {
      const project = await seed(store);
      const facts = await candidateOf(store, project);
      const rivals = Array.from({ length: 10 }, (_, index) =>
        acceptedDecision(facts, { tenantId: project.tenantId, label: `caller ${index}` }),
      );
      const verdicts = (await Promise.all(rivals.map((rival) => fusedOf(store).commit([rival])))).flat();
      expectOneWinner(verdicts);
      await expectWritten(store, [rivals[verdicts.indexOf('ok')]]);
    },
  },
  {
    name: 'a message whose key still waits is not added again and keeps the earlier time',
    run: async (store) => {
      const accepted = await requestOf(store, await seed(store));
      await fusedOf(store).commit([accepted]);
      const deferred = deferredDecision(await claim(store, accepted), { runInMs: LONG_MS });
      expect(await fusedOf(store).commit([deferred])).toEqual(['ok']);
      expect(await store.queue.stats(BUILD_REQUESTS)).toMatchObject({ waiting: 1, inFlight: 0, dead: 0 });
      expect(await take(store, { queue: BUILD_REQUESTS })).toHaveLength(1);
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
