import { expect } from 'vitest';
import { OTHER_TENANT } from '../../builders.js';
import {
  acceptedDecision,
  completedDecision,
  deferredDecision,
  failedDecision,
} from '../../decision-builders.js';
import type { StorageCase } from '../support/storage-case.js';
import {
  accept,
  acceptNew,
  buildOf,
  candidateOf,
  changingNothing,
  claim,
  everything,
  expectOneWinner,
  requestOf,
  save,
  seed,
} from '../support/store-steps.js';

/** Each decision of a call gets a verdict of its own, in the order of the call. */
export const verdictCases: readonly StorageCase[] = [
  {
    name: 'no decisions get no verdicts',
    run: async (store) => {
      expect(await changingNothing(store, () => save(store))).toEqual([]);
    },
  },
  {
    name: 'a stale decision keeps none of the other items of its batch from being written',
    run: async (store) => {
      const requests = [];
      for (const name of ['a', 'b', 'c']) requests.push(await requestOf(store, await seed(store, { name })));
      const [first, second] = requests;
      await store.host.update('projects', `${second?.guard.project?.id}`, { name: 'New name' });

      expect(await save(store, ...requests)).toEqual(['ok', 'stale', 'ok']);
      const written = (await store.libraryRows()).bindings.map((binding) => binding.decision_id);
      expect(written.toSorted()).toEqual([`${first?.id}`, `${requests[2]?.id}`].toSorted());
    },
  },
  {
    name: 'of the decisions about one project in one call exactly one is written',
    needs: 'have_several_versions_of_a_project',
    run: async (store) => {
      const project = await seed(store, { versions: 3 });
      const requests = [];
      for (const versionId of project.versionIds)
        requests.push(await requestOf(store, { ...project, versionId }));

      const verdicts = await save(store, ...requests);
      expectOneWinner(verdicts);
      const { host, library } = await everything(store);
      expect(library.bindings).toMatchObject([{ decision_id: requests[verdicts.indexOf('ok')]?.id }]);
      const building = host.automationVersions.filter(({ status }) => status === 'Build in Progress');
      expect(building).toMatchObject([{ id: project.versionIds[verdicts.indexOf('ok')] }]);
    },
  },
  {
    name: 'a stale decision does not take the project from a good one in the same call',
    run: async (store) => {
      const project = await seed(store);
      const stale = await requestOf(store, project, { label: 'stale' });
      await store.host.update('projects', project.projectId, { name: 'New name' });
      const fresh = await requestOf(store, project, { label: 'fresh' });
      expect(await save(store, stale, fresh)).toEqual(['stale', 'ok']);
      expect((await store.libraryRows()).bindings).toMatchObject([{ decision_id: fresh.id }]);
    },
  },
  {
    name: 'of two decisions about one build in one call exactly one is written, also when its project is gone',
    run: async (store) => {
      const project = await seed(store);
      const build = await accept(store, project);
      await store.host.update('automationVersions', project.versionId, { projectId: null });
      const claimed = await claim(store, build);
      expect(claimed.project).toBeNull();
      const rivals = [deferredDecision(claimed), failedDecision(claimed)];
      const verdicts = await save(store, ...rivals);
      expectOneWinner(verdicts);
      const winner = rivals[verdicts.indexOf('ok')];
      const { bindings, calls } = await store.libraryRows();
      expect(bindings).toMatchObject([{ decision_id: winner?.id, status: winner?.binding?.status }]);
      expect(calls).toMatchObject([{ outcome: winner?.closeCall?.outcome }]);
    },
  },
  {
    name: 'of two decisions on the same facts in one call exactly one is written, even if they are the same one twice',
    run: async (store) => {
      const facts = await candidateOf(store, await seed(store));
      const { tenantId } = await seed(store, { name: 'other' });
      const [one, two] = ['one', 'two'].map((label) => acceptedDecision(facts, { tenantId, label }));
      const rivals = one && two ? [one, two, one] : [];
      const verdicts = await save(store, ...rivals);
      expectOneWinner(verdicts);
      expect((await store.libraryRows()).bindings).toHaveLength(1);
      const winner = rivals[verdicts.indexOf('ok')];
      expect(await changingNothing(store, () => save(store, ...(winner ? [winner] : [])))).toEqual(['stale']);
    },
  },
  {
    name: 'a decision whose idempotency key was used before writes nothing',
    run: async (store) => {
      const idempotencyKey = 'key';
      const first = await requestOf(store, await seed(store, { name: 'one' }), { idempotencyKey });
      const second = await requestOf(store, await seed(store, { name: 'two' }), { idempotencyKey });
      expect(await save(store, first)).toEqual(['ok']);
      expect(await changingNothing(store, () => save(store, second))).toEqual(['key_taken']);

      const other = second.idempotency && { ...second.idempotency, operation: 'another_operation' };
      expect(await save(store, { ...second, idempotency: other }), 'the operation is part of it').toEqual([
        'ok',
      ]);
    },
  },
  {
    name: 'of two decisions in one call under one idempotency key exactly one is written',
    run: async (store) => {
      const idempotencyKey = 'key';
      const first = await requestOf(store, await seed(store, { name: 'one' }), { idempotencyKey });
      const second = await requestOf(store, await seed(store, { name: 'two' }), { idempotencyKey });
      const verdicts = await save(store, first, second);
      expect([
        ['ok', 'stale'],
        ['key_taken', 'ok'],
      ]).toContainEqual(verdicts.toSorted());
      const { bindings, answers } = await store.libraryRows();
      const winner = verdicts.indexOf('ok') === 0 ? first : second;
      expect(bindings).toMatchObject([{ decision_id: winner.id }]);
      expect(answers).toMatchObject([{ key: 'key', body_hash: winner.idempotency?.bodyHash }]);
    },
  },
  {
    name: 'a stale decision leaves its idempotency key free',
    run: async (store) => {
      const project = await seed(store);
      const stale = await requestOf(store, project, { idempotencyKey: 'key' });
      await store.host.update('quotes', project.quoteId, { status: 'signed' });
      expect(await save(store, stale)).toEqual(['stale']);
      const fresh = await requestOf(store, project, { idempotencyKey: 'key' });
      expect(await save(store, fresh)).toEqual(['ok']);
    },
  },
  {
    name: 'a workflow that another binding holds, whoever its tenant is, cannot be taken',
    run: async (store) => {
      const theirs = await acceptNew(store, { tenantId: OTHER_TENANT });
      const ours = await acceptNew(store);
      const workflowId = 'wf-1';
      await save(store, completedDecision(await claim(store, theirs), { workflowId }));
      const claimed = await claim(store, ours);
      const taken = completedDecision(claimed, { workflowId });
      expect(await changingNothing(store, () => save(store, taken))).toEqual(['workflow_taken']);
      expect(await save(store, completedDecision(claimed, { workflowId: 'wf-2' }))).toEqual(['ok']);
    },
  },
  {
    name: 'of two decisions in one call for one workflow exactly one is written',
    run: async (store) => {
      const builds = [await acceptNew(store, { name: 'one' }), await acceptNew(store, { name: 'two' })];
      const workflowId = 'wf-1';
      const decisions = [];
      for (const build of builds)
        decisions.push(completedDecision(await claim(store, build), { workflowId }));
      const verdicts = await save(store, ...decisions);
      expect([
        ['ok', 'stale'],
        ['ok', 'workflow_taken'],
      ]).toContainEqual(verdicts.toSorted());
      const statuses = [];
      for (const build of builds) statuses.push((await buildOf(store, build)).binding.status);
      expect(statuses).toEqual(verdicts.map((verdict) => (verdict === 'ok' ? 'active' : 'pending')));
    },
  },
];
