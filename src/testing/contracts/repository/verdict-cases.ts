import { expect } from 'vitest';
import { OTHER_TENANT } from '../../builders.js';
import {
  acceptedDecision,
  completedDecision,
  deferredDecision,
  failedDecision,
} from '../../decision-builders.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Each decision of a call gets a verdict of its own, in the order of the call. */
export const verdictCases: readonly StorageCase[] = [
  {
    name: 'no decisions get no verdicts',
    run: async (store) => {
      expect(await then.nothingChanges(store, () => when.save(store))).toEqual([]);
    },
  },
  {
    name: 'a stale decision keeps none of the other items of its batch from being written',
    run: async (store) => {
      const requests = [];
      for (const name of ['a', 'b', 'c'])
        requests.push(await given.acceptance(store, await given.project(store, { name })));
      const [first, second] = requests;
      await store.host.update('projects', `${second?.guard.project?.id}`, { name: 'New name' });

      expect(await when.save(store, ...requests)).toEqual(['ok', 'stale', 'ok']);
      const written = (await store.libraryRows()).bindings.map((binding) => binding.decision_id);
      expect(written.toSorted()).toEqual([`${first?.id}`, `${requests[2]?.id}`].toSorted());
    },
  },
  {
    name: 'of the decisions about one project in one call exactly one is written',
    needs: 'have_several_versions_of_a_project',
    run: async (store) => {
      const project = await given.project(store, { versions: 3 });
      const requests = [];
      for (const versionId of project.versionIds)
        requests.push(await given.acceptance(store, { ...project, versionId }));

      const verdicts = await when.save(store, ...requests);
      then.oneWins(verdicts);
      const { host, library } = await then.everything(store);
      expect(library.bindings).toMatchObject([{ decision_id: requests[verdicts.indexOf('ok')]?.id }]);
      const building = host.automationVersions.filter(({ status }) => status === 'Build in Progress');
      expect(building).toMatchObject([{ id: project.versionIds[verdicts.indexOf('ok')] }]);
    },
  },
  {
    name: 'a stale decision does not take the project from a good one in the same call',
    run: async (store) => {
      const project = await given.project(store);
      const stale = await given.acceptance(store, project, { label: 'stale' });
      await store.host.update('projects', project.projectId, { name: 'New name' });
      const fresh = await given.acceptance(store, project, { label: 'fresh' });
      expect(await when.save(store, stale, fresh)).toEqual(['stale', 'ok']);
      expect((await store.libraryRows()).bindings).toMatchObject([{ decision_id: fresh.id }]);
    },
  },
  {
    name: 'of two decisions about one build in one call exactly one is written, also when its project is gone',
    run: async (store) => {
      const project = await given.project(store);
      const build = await given.build(store, project);
      await store.host.update('automationVersions', project.versionId, { projectId: null });
      const claimed = await when.claim(store, build);
      expect(claimed.project).toBeNull();
      const rivals = [deferredDecision(claimed), failedDecision(claimed)];
      const verdicts = await when.save(store, ...rivals);
      then.oneWins(verdicts);
      const winner = rivals[verdicts.indexOf('ok')];
      const { bindings, calls } = await store.libraryRows();
      expect(bindings).toMatchObject([{ decision_id: winner?.id, status: winner?.binding?.status }]);
      expect(calls).toMatchObject([{ outcome: winner?.closeCall?.outcome }]);
    },
  },
  {
    name: 'of two decisions on the same facts in one call exactly one is written, even if they are the same one twice',
    run: async (store) => {
      const facts = await then.candidate(store, await given.project(store));
      const { tenantId } = await given.project(store, { name: 'other' });
      const [one, two] = ['one', 'two'].map((label) => acceptedDecision(facts, { tenantId, label }));
      const rivals = one && two ? [one, two, one] : [];
      const verdicts = await when.save(store, ...rivals);
      then.oneWins(verdicts);
      expect((await store.libraryRows()).bindings).toHaveLength(1);
      const winner = rivals[verdicts.indexOf('ok')];
      expect(await then.nothingChanges(store, () => when.save(store, ...(winner ? [winner] : [])))).toEqual([
        'stale',
      ]);
    },
  },
  {
    name: 'a decision whose idempotency key was used before writes nothing',
    run: async (store) => {
      const idempotencyKey = 'key';
      const first = await given.acceptance(store, await given.project(store, { name: 'one' }), {
        idempotencyKey,
      });
      const second = await given.acceptance(store, await given.project(store, { name: 'two' }), {
        idempotencyKey,
      });
      expect(await when.save(store, first)).toEqual(['ok']);
      expect(await then.nothingChanges(store, () => when.save(store, second))).toEqual(['key_taken']);

      const other = second.idempotency && { ...second.idempotency, operation: 'another_operation' };
      expect(
        await when.save(store, { ...second, idempotency: other }),
        'the operation is part of it',
      ).toEqual(['ok']);
    },
  },
  {
    name: 'of two decisions in one call under one idempotency key exactly one is written',
    run: async (store) => {
      const idempotencyKey = 'key';
      const first = await given.acceptance(store, await given.project(store, { name: 'one' }), {
        idempotencyKey,
      });
      const second = await given.acceptance(store, await given.project(store, { name: 'two' }), {
        idempotencyKey,
      });
      const verdicts = await when.save(store, first, second);
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
      const project = await given.project(store);
      const stale = await given.acceptance(store, project, { idempotencyKey: 'key' });
      await store.host.update('quotes', project.quoteId, { status: 'signed' });
      expect(await when.save(store, stale)).toEqual(['stale']);
      const fresh = await given.acceptance(store, project, { idempotencyKey: 'key' });
      expect(await when.save(store, fresh)).toEqual(['ok']);
    },
  },
  {
    name: 'a workflow that another binding holds, whoever its tenant is, cannot be taken',
    run: async (store) => {
      const theirs = await given.build(store, { tenantId: OTHER_TENANT });
      const ours = await given.build(store);
      const workflowId = 'wf-1';
      await when.save(store, completedDecision(await when.claim(store, theirs), { workflowId }));
      const claimed = await when.claim(store, ours);
      const taken = completedDecision(claimed, { workflowId });
      expect(await then.nothingChanges(store, () => when.save(store, taken))).toEqual(['workflow_taken']);
      expect(await when.save(store, completedDecision(claimed, { workflowId: 'wf-2' }))).toEqual(['ok']);
    },
  },
  {
    name: 'of two decisions in one call for one workflow exactly one is written',
    run: async (store) => {
      const builds = [await given.build(store, { name: 'one' }), await given.build(store, { name: 'two' })];
      const workflowId = 'wf-1';
      const decisions = [];
      for (const build of builds)
        decisions.push(completedDecision(await when.claim(store, build), { workflowId }));
      const verdicts = await when.save(store, ...decisions);
      expect([
        ['ok', 'stale'],
        ['ok', 'workflow_taken'],
      ]).toContainEqual(verdicts.toSorted());
      const statuses = [];
      for (const build of builds) statuses.push((await then.build(store, build)).binding.status);
      expect(statuses).toEqual(verdicts.map((verdict) => (verdict === 'ok' ? 'active' : 'pending')));
    },
  },
];
