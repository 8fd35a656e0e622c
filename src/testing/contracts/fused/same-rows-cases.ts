import { expect } from 'vitest';
import type { BuildDecision, Verdict } from '../../../core/build/decision.js';
import type { FusedStatements } from '../../../ports/fused.js';
import { projectTask } from '../../builders.js';
import {
  completedDecision,
  deferredDecision,
  failedDecision,
  lateAnswerDecision,
  retriedDecision,
} from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { fusedOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import { portByPort } from '../support/through-ports.js';
import * as when from '../support/when.js';

/** Fused or port by port: the same decisions leave the same rows. */
export const sameRowsCases: readonly StorageCase[] = [
  {
    name: 'the lives of four builds leave the same rows as when they go through the ports, with the same verdicts',
    run: async (store) => {
      const fused = await fourLives(store, fusedOf(store));
      await store.clear();
      const reference = await fourLives(store, portByPort(store));

      expect(fused).toEqual(reference);
      expect(reference.verdicts.flat().toSorted()).toEqual(
        [...Array(8).fill('ok'), 'stale', 'key_taken'].toSorted(),
      );
      const statuses = reference.library.bindings.map((binding) => binding.status);
      expect(statuses.toSorted()).toEqual(['active', 'pending', 'pending']);
    },
  },
];

async function fourLives<Tx>(store: StorageHarness<Tx>, { commit, claimDueBuilds }: FusedStatements) {
  const verdicts: (readonly (Verdict | Error)[])[] = [];
  const commitAll = async (...decisions: BuildDecision[]) => verdicts.push(await commit(decisions));
  const projects = [];
  for (const name of ['a', 'b', 'c', 'd']) projects.push(await given.project(store, { name }));
  const [a, b] = [then.present(projects[0]), then.present(projects[1])];
  await store.host.insert({ tasks: [projectTask(a, 'hand-over-to-qa', { status: 'complete' })] });

  const requests = [];
  for (const project of projects)
    requests.push(await given.acceptance(store, project, { idempotencyKey: project.projectId }));
  await store.host.update('quotes', b.quoteId, { status: 'signed' });
  await commitAll(...requests);
  await commitAll(await given.acceptance(store, b, { idempotencyKey: a.projectId }));

  const first = await claimDueBuilds({ limit: 10, leaseMs: when.SHORT_MS });
  await when.timePasses(store);
  const references = requests.filter((request) => request.automationVersionId !== b.versionId);
  const claims = await store.repository.claimBuilds(references, { leaseMs: when.LONG_MS });
  const [completed, failed, deferred] = claims.map(then.received);
  await commitAll(
    completedDecision(then.present(completed)),
    failedDecision(then.present(failed)),
    deferredDecision(then.present(deferred), { runInMs: when.LONG_MS }),
  );
  await commitAll(retriedDecision(await then.build(store, then.present(references[1]))));
  const late = first.builds.find((build) => build.binding.id === deferred?.binding.id);
  await commitAll(lateAnswerDecision(then.present(late)));

  const { host, library } = await then.everything(store);
  const tasks = host.tasks.map(({ id: _generated, ...task }) => JSON.stringify(task)).toSorted();
  return { verdicts, host: { ...host, tasks }, library: withoutCallIds(library) };
}

/** A late answer carries the id of its call, which the store made up. */
function withoutCallIds(library: Awaited<ReturnType<typeof then.everything>>['library']) {
  const calls = library.calls.map(({ wrk_workflow_id, wrk_workflow_url, ...call }) => ({
    ...call,
    hasWorkflow: wrk_workflow_id !== null && wrk_workflow_url !== null,
  }));
  return {
    ...library,
    calls: calls.map((call) => JSON.stringify(Object.entries(call).toSorted())).toSorted(),
  };
}
