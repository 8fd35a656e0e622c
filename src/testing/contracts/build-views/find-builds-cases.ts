import { expect } from 'vitest';
import type { BuildDecision } from '../../../core/build/decision.js';
import { decideAssign } from '../../../core/ops/decide-assign.js';
import type { BuildRecord } from '../../../core/views/build-record.js';
import type { BuildCursor, BuildQuery } from '../../../ports/build-views.js';
import { stableId } from '../../builders.js';
import { completedDecision, deferredDecision, failedDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** What people find when they look for builds. */
export const findBuildsCases: readonly StorageCase[] = [
  {
    name: 'a record has the build, the names that people know it by, and when it was requested',
    run: async (store) => {
      const project = await given.project(store);
      const decision = await given.acceptance(store, project);
      await when.save(store, decision);
      const [record] = await capabilityOf(store, 'buildViews').findBuilds({
        tenantId: decision.tenantId,
        limit: 10,
      });

      const { automations, projects } = await store.host.read();
      expect(record).toMatchObject({
        tenantId: decision.tenantId,
        automationVersionId: project.versionId,
        binding: { id: decision.bindingId, status: 'pending', run: 1, orchestration: 'automatic' },
        automationName: automations[0]?.name,
        automationVersionStatus: 'Build in Progress',
        projectId: project.projectId,
        projectName: projects[0]?.name,
        errorDetails: null,
        heldForMs: null,
        calls: [],
      });
      expect(record?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$/);
      expect(record?.dueInMs).toBeLessThanOrEqual(0);
    },
  },
  {
    name: 'a record of a failed build has the details, and its calls with what ops need to find them at WRK',
    run: async (store) => {
      const build = await given.build(store);
      const claimed = await when.claim(store, build);
      await when.save(store, failedDecision(claimed));
      const [record] = await capabilityOf(store, 'buildViews').findBuilds({
        tenantId: build.tenantId,
        limit: 10,
      });
      expect(record?.errorDetails).toMatchObject({ detail: 'WRK refused it' });
      expect(record?.calls).toEqual([
        {
          id: claimed.call.id,
          run: 1,
          number: 1,
          contentHash: claimed.contentHash,
          outcome: 'rejected',
          detail: 'WRK refused it',
          findings: ['nodes[3]: “unknown” type'],
          findingsInAll: 1,
          workflowId: null,
          workflowUrl: null,
          startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
          durationMs: 321,
          httpStatus: 422,
          wrkRequestId: 'request at WRK',
        },
      ]);
    },
  },
  {
    name: 'a record says for how long a worker holds the build, and when one that waits is due',
    run: async (store) => {
      const [held, waiting] = (await given.builds(store, ['held', 'waiting'])).map(then.present);
      await when.save(
        store,
        deferredDecision(await when.claim(store, then.present(waiting)), { runInMs: when.LONG_MS }),
      );
      await when.claim(store, then.present(held));
      const one = await recordOf(store, then.present(held));
      expect(one.heldForMs).toBeGreaterThan(0);
      expect(one.heldForMs).toBeLessThanOrEqual(when.LONG_MS);
      expect(one.calls).toMatchObject([{ number: 1, outcome: null, durationMs: null }]);
      const other = await recordOf(store, then.present(waiting));
      expect(other.heldForMs).toBeNull();
      expect(other.dueInMs).toBeGreaterThan(0);
      expect(other.dueInMs).toBeLessThanOrEqual(when.LONG_MS);
    },
  },
  {
    name: 'a record of a build that was given to somebody else has changed, and was requested when it was',
    run: async (store) => {
      const build = await given.build(store);
      const before = await recordOf(store, build);
      await store.passTime(2);
      const assigneeId = stableId('engineer', 'second');
      const command = {
        assigneeId,
        userId: stableId('ops'),
        reason: 'away',
        decisionId: stableId('assigned'),
      };
      const decision = decideAssign(await then.build(store, build), command, { channels: { slack: false } });
      expect(await when.save(store, then.present(decision._unsafeUnwrap()))).toEqual(['ok']);
      const after = await recordOf(store, build);
      expect(after.binding.assigneeId).toBe(assigneeId);
      expect(after.createdAt).toBe(before.createdAt);
      expect(Date.parse(after.updatedAt)).toBeGreaterThan(Date.parse(before.updatedAt));
    },
  },
  {
    name: 'a record of a build whose version the host deleted still has the build, and the project of the request',
    run: async (store) => {
      const project = await given.project(store);
      const decision = await given.acceptance(store, project);
      await when.save(store, decision);
      for (const { id } of (await store.host.read()).quotes) await store.host.remove('quotes', id);
      await store.host.remove('automationVersions', project.versionId);
      expect(await recordOf(store, decision)).toMatchObject({
        automationName: null,
        automationVersionStatus: null,
        projectId: project.projectId,
      });
    },
  },
  {
    name: 'builds are found by id, version, status, reason and assignee, and by all that is asked at once',
    run: async (store) => {
      const [failed, active, waiting] = (await given.builds(store, ['failed', 'active', 'waiting'])).map(
        then.present,
      );
      await when.save(store, failedDecision(await when.claim(store, then.present(failed))));
      await when.save(store, completedDecision(await when.claim(store, then.present(active))));
      const { tenantId, bindingId } = then.present(waiting);
      const { automationVersionId } = await recordOf(store, then.present(waiting));
      const found = async (query: Omit<BuildQuery, 'tenantId' | 'limit'>) =>
        (await capabilityOf(store, 'buildViews').findBuilds({ tenantId, limit: 10, ...query })).map(
          ({ binding }) => binding.id,
        );

      expect(await found({ bindingId })).toEqual([bindingId]);
      expect(await found({ automationVersionId })).toEqual([bindingId]);
      expect(await found({ status: 'active' })).toEqual([active?.bindingId]);
      expect(await found({ errorReason: 'blueprint_rejected' })).toEqual([failed?.bindingId]);
      expect(await found({ errorReason: 'wrk_api_error' })).toEqual([]);
      expect(await found({ assigneeId: stableId('engineer', 'first') })).toHaveLength(3);
      expect(await found({ assigneeId: stableId('engineer', 'nobody') })).toEqual([]);
      expect(await found({ status: 'pending', bindingId: then.present(failed).bindingId })).toEqual([]);
    },
  },
  {
    name: 'builds of another tenant are not found, whatever is asked for',
    run: async (store) => {
      const [own] = await given.builds(store, ['own']);
      const other = await given.build(store, { name: 'other', tenantId: stableId('tenant', 'another') });
      const { tenantId } = then.present(own);
      const { automationVersionId } = await recordOf(store, other);
      const asked: readonly Omit<BuildQuery, 'tenantId' | 'limit'>[] = [
        { bindingId: other.bindingId },
        { automationVersionId },
      ];
      for (const query of asked) {
        expect(await capabilityOf(store, 'buildViews').findBuilds({ tenantId, limit: 10, ...query })).toEqual(
          [],
        );
      }
      expect(await capabilityOf(store, 'buildViews').findBuilds({ tenantId, limit: 10 })).toHaveLength(1);
    },
  },
  {
    name: 'ids that cannot be ids find nothing',
    run: async (store) => {
      const { tenantId } = await given.build(store);
      const strange = '”; drop table';
      expect(
        await capabilityOf(store, 'buildViews').findBuilds({ tenantId, bindingId: strange, limit: 1 }),
      ).toEqual([]);
      expect(await capabilityOf(store, 'buildViews').findBuilds({ tenantId: strange, limit: 1 })).toEqual([]);
      expect(
        await capabilityOf(store, 'buildViews').findBuilds({ tenantId, assigneeId: strange, limit: 1 }),
      ).toEqual([]);
    },
  },
  {
    name: 'page after page has every build once, newest first, those of one moment too',
    run: async (store) => {
      const moments: string[][] = [];
      for (const moment of ['a', 'b', 'c']) {
        const together: BuildDecision[] = [];
        for (const name of ['1', '2', '3'])
          together.push(
            await given.acceptance(store, await given.project(store, { name: `${moment}${name}` })),
          );
        await when.save(store, ...together);
        moments.unshift(together.map(({ bindingId }) => bindingId).toSorted());
        await store.passTime(2);
      }
      const { tenantId } = await given.acceptance(
        store,
        await given.project(store, { name: 'not requested' }),
      );
      const pages: string[][] = [];
      for (let cursor: BuildCursor | undefined; pages.length < 6; ) {
        const page: readonly BuildRecord[] = await capabilityOf(store, 'buildViews').findBuilds({
          tenantId,
          limit: 2,
          cursor,
        });
        pages.push(page.map(({ binding }) => binding.id));
        const last = page.at(-1);
        if (!last) break;
        cursor = { createdAt: last.createdAt, bindingId: last.binding.id };
      }
      expect(pages.map((page) => page.length)).toEqual([2, 2, 2, 2, 1, 0]);
      const listed = pages.flat();
      expect([0, 3, 6].map((place) => listed.slice(place, place + 3).toSorted())).toEqual(moments);
    },
  },
];

async function recordOf<Tx>(
  store: StorageHarness<Tx>,
  { tenantId, bindingId }: { readonly tenantId: string; readonly bindingId: string },
): Promise<BuildRecord> {
  const [record] = await capabilityOf(store, 'buildViews').findBuilds({ tenantId, bindingId, limit: 1 });
  return then.present(record);
}
