import { describe, expect, it } from 'vitest';
import { buildableProject, stableId } from '../../src/testing/builders.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { describeWithPostgres } from '../support/database.js';
import * as given from '../support/given.js';
import { sampled } from '../support/size.js';
import * as then from '../support/then.js';
import { HOST_REFUSALS, type HostRefusal, type HostWrite, WRITES } from './support/host-refusals.js';
import { openOwnDatabase } from './support/own-database.js';

const CELLS = Object.entries(HOST_REFUSALS).flatMap(([how, refusal]) =>
  WRITES.map((write) => [write, how, refusal] as const),
);

const WORKFLOW = { workflowId: 'wf_by_hand', workflowUrl: 'https://wrk.example/workflows/wf_by_hand' };

/** A build that WRK has rejected, on a database that refuses from then on; and what people say of it. */
async function failedBuild(write: HostWrite, { database, refuse }: HostRefusal) {
  const app = await openOwnDatabase(database);
  app.fake.otherwise(() => wrkBehaviour.answers(422));
  const build = await given.requestedBuild(app);
  await app.settle();
  await app.query(refuse(app.role, write));
  const { tenantId, bindingId } = build;
  const command = { tenantId, bindingId, userId: stableId('somebody'), reason: 'Ticket 4711 → done' };
  return { app, build, command };
}

type Opened = Awaited<ReturnType<typeof openOwnDatabase>>;

const statusOf = async (app: Opened, bindingId: string) => (await app.binding(bindingId))?.status;

/** Carries one write out; says what refused it, or `null`. */
const carryOut: Readonly<Record<HostWrite, (refusal: HostRefusal) => Promise<string | null>>> = {
  request: async (refusal) => {
    const app = await openOwnDatabase(refusal.database);
    const { rows, tenantId, versionId } = buildableProject();
    await app.store.host.insert(rows);
    await app.query(refusal.refuse(app.role, 'request'));
    const requested = await app.builds.requestBuild({
      tenantId,
      automationVersionId: versionId,
      trigger: 'auto_build',
      requestId: 'request → 1',
    });
    const built = await app.query('select from wrk_builds.workflow_bindings');
    expect(built).toHaveLength(requested.isOk() ? 1 : 0);
    return refusedBy(requested);
  },
  completion: async (refusal) => {
    const app = await openOwnDatabase(refusal.database);
    const { bindingId } = await given.requestedBuild(app);
    await app.query(refusal.refuse(app.role, 'completion'));
    expect(await app.settle(), 'claims').toBeLessThan(3);
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
    return outcomeOf(app, bindingId, { completes: true });
  },
  failure: async (refusal) => {
    const app = await openOwnDatabase(refusal.database);
    const { bindingId } = await given.requestedBuild(app);
    await app.query(refusal.refuse(app.role, 'failure'));
    const findings = ['a → b'];
    const process = app.another({
      around: async (post) => {
        await post();
        return { kind: 'rejected', detail: 'WRK answered 422 → no', findings };
      },
    });
    expect(await app.settle(process), 'claims').toBeLessThan(3);
    return outcomeOf(app, bindingId, { completes: false });
  },
  retry: async (refusal) => {
    const { app, build, command } = await failedBuild('retry', refusal);
    const retried = await app.builds.retryBuild(command);
    expect(await statusOf(app, build.bindingId)).toBe(retried.isOk() ? 'pending' : 'error');
    return refusedBy(retried);
  },
  adopt: async (refusal) => {
    const { app, build, command } = await failedBuild('adopt', refusal);
    const adopted = await app.builds.adoptWorkflow({ ...command, ...WORKFLOW });
    expect(await statusOf(app, build.bindingId)).toBe(adopted.isOk() ? 'active' : 'error');
    return refusedBy(adopted);
  },
  cancel: async (refusal) => {
    const { app, build, command } = await failedBuild('cancel', refusal);
    const cancelled = (await app.builds.cancelBuild(command))._unsafeUnwrap();
    expect(await statusOf(app, build.bindingId), 'ops can always cancel').toBe('cancelled');
    return cancelled.hostRefusal ?? null;
  },
  checklist: async (refusal) => {
    const { app, build } = await failedBuild('checklist', refusal);
    const { tenantId, projectId } = build;
    return refusedBy(await app.builds.recordChecklistChange({ tenantId, projectId }));
  },
};

type Answer = {
  readonly isErr: () => boolean;
  readonly _unsafeUnwrapErr: () => { code: string; message: string };
};

function refusedBy(answer: Answer): string | null {
  if (!answer.isErr()) return null;
  const { code, message } = answer._unsafeUnwrapErr();
  expect(code).toBe('host_refused');
  return message;
}

/** What refused the outcome of a build, by health; and that it is final, and asked of WRK once. */
async function outcomeOf(app: Opened, bindingId: string, { completes }: { readonly completes: boolean }) {
  expect(app.fake.calls(), 'POSTs').toHaveLength(1);
  const binding = await app.binding(bindingId);
  const { findings } = await app.builds.health();
  if (binding?.error_reason !== 'outcome_refused') {
    expect(binding?.status).toBe(completes ? 'active' : 'error');
    return null;
  }
  expect(binding).toMatchObject({ status: 'error', wrk_workflow_id: completes ? 'wf_1' : null });
  const [cancelled] = [
    await app.builds.cancelBuild({
      tenantId: String(binding.tenant_id),
      bindingId,
      userId: stableId('somebody'),
      reason: 'Given up',
      acceptDuplicateRisk: true,
    }),
  ];
  expect(cancelled.isOk(), 'ops can always cancel').toBe(true);
  return findings.find(({ kind }) => kind === 'outcomes_refused')?.message ?? 'health says nothing';
}

describeWithPostgres('writes that the host’s database refuses for good', () => {
  it.each(sampled(CELLS, 5))(
    'row 44: %s, where %s: a typed error or a final state, named, after one call of WRK',
    async (write, _, refusal) => {
      const problem = await carryOut[write](refusal);
      if (!refusal.refuses.includes(write)) return expect(problem).toBeNull();
      expect(problem).toMatch(refusal.names);
      expect(problem, 'names and never values').not.toMatch(/secret|4711/);
    },
  );
});

describe('the refusals of a host', () => {
  it('refuse at least one write each', () => {
    expect(Object.values(HOST_REFUSALS).every(({ refuses }) => refuses.length > 0)).toBe(true);
  });
});
