import { ok } from 'neverthrow';
import { expect } from 'vitest';
import { decideAssign } from '../../../core/ops/decide-assign.js';
import type { ChangedBuild, ChangedBuilds } from '../../../core/views/build-change.js';
import type { ChangeQuery } from '../../../ports/build-views.js';
import type { BuildReference } from '../../../ports/repository.js';
import { OTHER_TENANT, stableId, TENANT } from '../../builders.js';
import { failedDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** What whoever watches a tenant finds. */
export const changedBuildsCases: readonly StorageCase[] = [
  {
    name: 'a build that has changed is found as it stands, with the time of its record',
    run: async (store) => {
      const project = await given.project(store);
      const decision = await given.acceptance(store, project);
      await when.save(store, decision);
      const { tenantId, bindingId } = decision;
      const [record] = await capabilityOf(store, 'buildViews').findBuilds({ tenantId, bindingId, limit: 1 });
      const accepted = {
        tenantId,
        bindingId,
        automationVersionId: project.versionId,
        status: 'pending',
        run: 1,
        errorReason: null,
        assigneeId: stableId('engineer', 'first'),
        changedAt: record?.updatedAt,
        changeToken: expect.any(String),
      };
      const first = await look(store);
      expect(first.builds).toEqual([accepted]);
      expect(first.now).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$/);
      expect(first.now >= then.present(first.builds[0]).changedAt).toBe(true);

      await when.save(store, failedDecision(await when.claim(store, decision)));
      const { builds } = await look(store);
      expect(builds).toMatchObject([{ bindingId, status: 'error', errorReason: 'blueprint_rejected' }]);
    },
  },
  {
    name: 'only builds of the tenants that are asked for are found, each once, and of none without a tenant',
    run: async (store) => {
      const [own] = await given.builds(store, ['own']);
      const other = await given.build(store, { name: 'other', tenantId: OTHER_TENANT });
      await given.build(store, { name: 'third', tenantId: stableId('tenant', 'third') });
      expect(await found(store, { tenantIds: [TENANT] })).toEqual([own?.bindingId]);
      expect(await found(store, { tenantIds: [OTHER_TENANT, OTHER_TENANT] })).toEqual([other.bindingId]);
      expect((await found(store, { tenantIds: [TENANT, OTHER_TENANT] })).toSorted()).toEqual(
        [then.present(own).bindingId, other.bindingId].toSorted(),
      );
      const nobodys = await look(store, { tenantIds: [] });
      expect(nobodys).toEqual({ now: expect.any(String), from: expect.any(String), builds: [] });
    },
  },
  {
    name: 'a tenant whose id cannot be one has no builds, and keeps nobody else from theirs',
    run: async (store) => {
      const { bindingId } = await given.build(store);
      expect(await found(store, { tenantIds: ['”; drop table', TENANT] })).toEqual([bindingId]);
      expect(await found(store, { tenantIds: ['”; drop table'] })).toEqual([]);
    },
  },
  {
    name: 'a tenant is named as it was asked for, in whatever spelling it is found',
    run: async (store) => {
      await given.build(store);
      // A uuid may be spelled in capitals too; where ids are compared as text, that is nobody.
      const spellings = [TENANT, TENANT.toUpperCase()];
      const known = await Promise.all(
        spellings.map((tenantId) => capabilityOf(store, 'buildViews').findBuilds({ tenantId, limit: 10 })),
      );
      const expected = spellings.flatMap((tenantId, place) => then.present(known[place]).map(() => tenantId));
      expect(expected).toContain(TENANT);
      const { builds } = await look(store, { tenantIds: spellings });
      expect(builds.map(({ tenantId }) => tenantId).toSorted()).toEqual(expected.toSorted());
    },
  },
  {
    name: 'the oldest changes come first, over all tenants, whatever was requested last',
    run: async (store) => {
      const builds: BuildReference[] = [];
      for (const [name, tenantId] of [
        ['a', TENANT],
        ['b', OTHER_TENANT],
        ['c', TENANT],
      ] as const) {
        builds.push(await given.build(store, { name, tenantId }));
        await store.passTime(2);
      }
      const [a, b, c] = builds.map(then.present);
      await when.claim(store, then.present(a));
      expect(await found(store, { tenantIds: [TENANT, OTHER_TENANT] })).toEqual(
        [b, c, a].map((build) => build?.bindingId),
      );
    },
  },
  {
    name: 'no more are found of a tenant than asked for, its oldest, and many of one hide none of another',
    run: async (store) => {
      const own: BuildReference[] = [];
      for (const name of ['a', 'b', 'c']) {
        own.push(await given.build(store, { name }));
        await store.passTime(2);
      }
      const other = await given.build(store, { name: 'other', tenantId: OTHER_TENANT });
      expect(await found(store, { tenantIds: [TENANT, OTHER_TENANT], limit: 2 })).toEqual([
        then.present(own[0]).bindingId,
        then.present(own[1]).bindingId,
        other.bindingId,
      ]);
    },
  },
  {
    name: 'those that changed in one moment are all found',
    run: async (store) => {
      const decisions = [];
      for (const name of ['a', 'b', 'c'])
        decisions.push(await given.acceptance(store, await given.project(store, { name })));
      await when.save(store, ...decisions);
      expect((await found(store, {})).toSorted()).toEqual(
        decisions.map(({ bindingId }) => bindingId).toSorted(),
      );
    },
  },
  {
    name: 'a change is found from its own moment on, and no longer from the next',
    run: async (store) => {
      const { bindingId } = await given.build(store);
      const { changedAt } = then.present((await look(store)).builds[0]);
      expect(await found(store, { since: changedAt, overlapMs: 0 })).toEqual([bindingId]);
      await store.passTime(5);
      const { now } = await look(store);
      expect(now > changedAt).toBe(true);
      expect(await found(store, { since: now, overlapMs: 0 })).toEqual([]);
      const wide = await look(store, { since: now, overlapMs: when.LONG_MS });
      expect(wide.builds.map((build) => build.bindingId)).toEqual([bindingId]);
      expect(Date.parse(now) - Date.parse(wide.from)).toBe(when.LONG_MS);
      expect(wide.from.length, 'the same text, so that it can be compared').toBe(now.length);
    },
  },
  {
    name: 'a read that follows none goes back behind its own moment',
    run: async (store) => {
      const { bindingId } = await given.build(store);
      await store.passTime(5);
      expect(await found(store, { since: null, overlapMs: 1 })).toEqual([]);
      expect(await found(store, { since: null, overlapMs: when.LONG_MS })).toEqual([bindingId]);
    },
  },
  {
    name: 'the change token of a build is another after a claim, a command and a decision, and stays while its lease is extended',
    run: async (store) => {
      const build = await given.build(store);
      const states = [await changeOf(store)];
      const claimed = await when.claim(store, build);
      states.push(await changeOf(store));
      const assigneeId = stableId('engineer', 'second');
      const command = {
        assigneeId,
        userId: stableId('ops'),
        reason: 'away',
        decisionId: stableId('assigned'),
      };
      const assigned = decideAssign(await then.build(store, build), command, { channels: { slack: false } });
      expect(await when.save(store, then.present(assigned._unsafeUnwrap()))).toEqual(['ok']);
      states.push(await changeOf(store));
      const lease = { ...build, fence: claimed.binding.fence };
      expect(await store.repository.extendLeases([lease], { leaseMs: when.LONG_MS })).toEqual([true]);
      expect(await changeOf(store)).toEqual(states.at(-1));
      expect(await when.save(store, failedDecision(claimed))).toEqual(['ok']);
      states.push(await changeOf(store));
      expect(new Set(states.map(({ changeToken }) => changeToken)).size).toBe(4);
    },
  },
  {
    name: 'a change that commits late is not there before, lies before the look that missed it, and is found by an overlap',
    concurrent: true,
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store));
      const missed = await when.commit(store, async (tx) => {
        expect(await store.repository.save(tx, [decision])).toEqual(['ok']);
        await store.passTime(5);
        return look(store);
      });
      expect(missed.builds).toEqual([]);
      const since = missed.now;
      expect(await found(store, { since, overlapMs: 0 })).toEqual([]);
      expect(await found(store, { since, overlapMs: when.LONG_MS })).toEqual([decision.bindingId]);
    },
  },
  {
    name: 'a change has the time at which it is written, however long its transaction has been open',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store));
      const { now } = await look(store);
      await store.repository.transaction(async (tx) => {
        await store.passTime(20);
        return ok(await store.repository.save(tx, [decision]));
      });
      const { changedAt } = await changeOf(store);
      expect(Date.parse(changedAt) - Date.parse(now)).toBeGreaterThanOrEqual(19);
    },
  },
];

/** Asks for what has changed of the tenant of these cases within the last minute, unless told otherwise. */
function look<Tx>(store: StorageHarness<Tx>, query: Partial<ChangeQuery> = {}): Promise<ChangedBuilds> {
  return capabilityOf(store, 'buildViews').findChangedBuilds({
    tenantIds: [TENANT],
    since: null,
    overlapMs: when.LONG_MS,
    limit: 10,
    ...query,
  });
}

async function found<Tx>(store: StorageHarness<Tx>, query: Partial<ChangeQuery>): Promise<readonly string[]> {
  return (await look(store, query)).builds.map(({ bindingId }) => bindingId);
}

async function changeOf<Tx>(store: StorageHarness<Tx>): Promise<ChangedBuild> {
  const { builds } = await look(store);
  expect(builds).toHaveLength(1);
  return then.present(builds[0]);
}
