import { err, ok } from 'neverthrow';
import { expect } from 'vitest';
import type { BuildDecision, Verdict } from '../../../core/build/decision.js';
import { type BuildableProject, projectTask } from '../../builders.js';
import { acceptedDecision, completedDecision, retriedDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

type Lock = Parameters<StorageHarness<never>['host']['lock']>;

const LOCKS: readonly { readonly what: string; readonly lockOf: (project: BuildableProject) => Lock }[] = [
  { what: 'project', lockOf: ({ projectId }) => ['projects', projectId] },
  { what: 'version', lockOf: ({ versionId }) => ['automationVersions', versionId] },
  { what: 'quote', lockOf: ({ quoteId }) => ['quotes', quoteId] },
  { what: 'task', lockOf: (project) => ['tasks', doneTask(project).id] },
];

/** A race that is lost only now and then needs several. */
const ROUNDS = 5;

/** Of decisions on the same facts exactly one is written, and a loser never waits for anybody's lock. */
export const raceCases: readonly StorageCase[] = [
  ...LOCKS.map(
    ({ what, lockOf }): StorageCase => ({
      name: `a decision is busy while somebody holds the ${what} that it needs, and good once it is free`,
      concurrent: true,
      run: async (store) => {
        const project = await given.project(store);
        await store.host.insert({ tasks: [doneTask(project)] });
        const decision = await given.acceptance(store, project, { idempotencyKey: 'key' });
        await when.locked(store, lockOf(project), async () => {
          expect(await then.nothingChanges(store, () => when.save(store, decision))).toEqual(['busy']);
        });
        expect(await when.save(store, decision)).toEqual(['ok']);
      },
    }),
  ),
  {
    name: 'a row that somebody holds delays none of the others in the call',
    concurrent: true,
    run: async (store) => {
      const held = await given.project(store, { name: 'held' });
      const decisions = [
        await given.acceptance(store, await given.project(store, { name: 'one' })),
        await given.acceptance(store, held),
        await given.acceptance(store, await given.project(store, { name: 'two' })),
      ];
      await when.locked(store, ['projects', held.projectId], async () => {
        expect(await when.save(store, ...decisions)).toEqual(['ok', 'busy', 'ok']);
        expect((await store.libraryRows()).bindings, 'and they are written while it is held').toHaveLength(2);
      });
    },
  },
  {
    name: 'a rival of an uncommitted decision is busy, and stale once that is committed',
    concurrent: true,
    run: async (store) => {
      const [first, second] = await rivals(store, await given.project(store));
      await store.repository.transaction(async (tx) => {
        expect(await store.repository.save(tx, [first])).toEqual(['ok']);
        expect(await when.save(store, second)).toEqual(['busy']);
        return ok(undefined);
      });
      await when.saveStale(store, second);
    },
  },
  {
    name: 'a rival of a decision that is rolled back is good',
    concurrent: true,
    run: async (store) => {
      const [first, second] = await rivals(store, await given.project(store));
      await store.repository.transaction(async (tx) => {
        expect(await store.repository.save(tx, [first])).toEqual(['ok']);
        expect(await when.save(store, second)).toEqual(['busy']);
        return err('rolled back');
      });
      expect(await when.save(store, second)).toEqual(['ok']);
    },
  },
  {
    name: 'a binding that an uncommitted decision holds is busy for the next one and not to be claimed',
    concurrent: true,
    run: async (store) => {
      const project = await given.project(store);
      const build = await given.build(store, project);
      // Without version and project there is no other lock that could keep the rivals apart.
      await store.host.update('automationVersions', project.versionId, { projectId: null });
      const unguarded = (label: string) => {
        const decision = retriedDecision(facts, { label });
        return { ...decision, guard: { ...decision.guard, automationVersionRow: null } };
      };
      const facts = await then.build(store, build);
      await store.repository.transaction(async (tx) => {
        expect(await store.repository.save(tx, [unguarded('one')])).toEqual(['ok']);
        expect(await when.save(store, unguarded('two'))).toEqual(['busy']);
        expect(await when.tryClaim(store, build)).toBeNull();
        return ok(undefined);
      });
      await when.saveStale(store, unguarded('two'));
      expect((await when.claim(store, build)).binding).toMatchObject({ run: 2, fence: 3 });
    },
  },
  {
    name: 'of ten transactions on the same facts exactly one wins, in every round',
    run: async (store) => {
      for (let round = 1; round <= ROUNDS; round += 1) {
        const project = await given.project(store, { name: `round ${round}` });
        const facts = await then.candidate(store, project);
        const verdicts = await saveAtOnce(
          store,
          Array.from({ length: 10 }, (_, index) =>
            acceptedDecision(facts, { tenantId: project.tenantId, label: `caller ${index}` }),
          ),
        );
        then.oneWins(verdicts);
        expect((await store.libraryRows()).bindings).toHaveLength(round);
      }
    },
  },
  {
    name: 'of transactions about several versions of one project exactly one wins, in every round',
    needs: 'have_several_versions_of_a_project',
    run: async (store) => {
      for (let round = 1; round <= ROUNDS; round += 1) {
        const project = await given.project(store, { name: `round ${round}`, versions: 4 });
        const requests = [];
        for (const versionId of project.versionIds) {
          requests.push(await given.acceptance(store, { ...project, versionId }));
        }
        then.oneWins(await saveAtOnce(store, requests));
        const { automationVersions } = await store.host.read();
        const building = automationVersions.filter(({ status }) => status === 'Build in Progress');
        expect(building).toHaveLength(round);
      }
    },
  },
  {
    name: 'of transactions under one idempotency key exactly one wins',
    run: async (store) => {
      const requests = [];
      for (const name of ['a', 'b', 'c', 'd']) {
        requests.push(
          await given.acceptance(store, await given.project(store, { name }), { idempotencyKey: 'key' }),
        );
      }
      const verdicts = await saveAtOnce(store, requests);
      expect(verdicts.filter((verdict) => verdict === 'ok')).toHaveLength(1);
      const others = verdicts.filter((verdict) => verdict !== 'ok');
      expect(others.filter((verdict) => verdict !== 'busy' && verdict !== 'key_taken')).toEqual([]);
      expect((await store.libraryRows()).bindings).toHaveLength(1);
    },
  },
  {
    name: 'a key that an uncommitted decision uses makes another one busy, delays no other item of the batch, and is taken after that',
    concurrent: true,
    run: async (store) => {
      const [first, twin, other, later] = [
        await given.acceptance(store, await given.project(store, { name: 'first' }), {
          idempotencyKey: 'key',
        }),
        await given.acceptance(store, await given.project(store, { name: 'twin' }), {
          idempotencyKey: 'key',
        }),
        await given.acceptance(store, await given.project(store, { name: 'other' }), {
          idempotencyKey: 'another',
        }),
        await given.acceptance(store, await given.project(store, { name: 'later' })),
      ];
      await store.repository.transaction(async (tx) => {
        expect(await store.repository.save(tx, [first])).toEqual(['ok']);
        expect(await when.save(store, twin, other, later)).toEqual(['busy', 'ok', 'ok']);
        return ok(undefined);
      });
      expect(await when.save(store, twin)).toEqual(['key_taken']);
    },
  },
  {
    name: 'a key whose use is rolled back is free again',
    concurrent: true,
    run: async (store) => {
      const first = await given.acceptance(store, await given.project(store, { name: 'first' }), {
        idempotencyKey: 'key',
      });
      const twin = await given.acceptance(store, await given.project(store, { name: 'twin' }), {
        idempotencyKey: 'key',
      });
      await store.repository.transaction(async (tx) => {
        expect(await store.repository.save(tx, [first])).toEqual(['ok']);
        expect(await when.save(store, twin)).toEqual(['busy']);
        return err('rolled back');
      });
      expect(await when.save(store, twin)).toEqual(['ok']);
    },
  },
  {
    name: 'a workflow that an uncommitted decision takes is not taken by another one',
    concurrent: true,
    run: async (store) => {
      const workflowId = 'wf-1';
      const one = completedDecision(await when.claim(store, await given.build(store, { name: 'one' })), {
        workflowId,
      });
      const two = completedDecision(await when.claim(store, await given.build(store, { name: 'two' })), {
        workflowId,
      });
      let second: Promise<readonly Verdict[]> = Promise.resolve([]);
      await store.repository.transaction(async (tx) => {
        expect(await store.repository.save(tx, [one])).toEqual(['ok']);
        second = when.save(store, two);
        await store.passTime(20);
        return ok(undefined);
      });
      const [verdict] = await second;
      expect(['workflow_taken', 'busy']).toContain(verdict);
      expect(await when.save(store, two)).toEqual(['workflow_taken']);
    },
  },
];

function doneTask(project: BuildableProject) {
  return projectTask(project, 'hand-over-to-qa', { status: 'complete' });
}

async function rivals<Tx>(
  store: StorageHarness<Tx>,
  project: BuildableProject,
): Promise<readonly [BuildDecision, BuildDecision]> {
  const facts = await then.candidate(store, project);
  const { tenantId } = project;
  return [
    acceptedDecision(facts, { tenantId, label: 'one' }),
    acceptedDecision(facts, { tenantId, label: 'two' }),
  ];
}

async function saveAtOnce<Tx>(
  store: StorageHarness<Tx>,
  decisions: readonly BuildDecision[],
): Promise<Verdict[]> {
  const verdicts = await Promise.all(decisions.map((decision) => when.save(store, decision)));
  return verdicts.flat();
}
