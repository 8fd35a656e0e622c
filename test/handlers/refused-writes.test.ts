import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import type { BuildDecision } from '../../src/core/build/decision.js';
import { commitOneByOne } from '../../src/handlers/commit-one-by-one.js';
import { type BuildCommand, handleCommand } from '../../src/handlers/handle-command.js';
import { recordChecklistChange } from '../../src/handlers/record-checklist-change.js';
import { systemRuntime } from '../../src/runtime/system-runtime.js';
import { completedDecision } from '../../src/testing/decision-builders.js';
import { openMemory } from '../adapters/memory/open-memory.js';
import { claimedBuild } from '../core/support/claimed-build.js';
import { failedBuild } from '../core/support/ops-facts.js';
import { REFUSAL } from '../core/support/refusal.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { type CommitStep, openOrchestration } from './support/orchestration.js';

const refuse: CommitStep = async () => REFUSAL;
const REFUSED = new Error('audit_logs_tenant');
const refusalOf = (problem: unknown) => (problem === REFUSED ? REFUSAL : null);

describe('an outcome that the storage refuses', () => {
  it('is written on the library’s rows alone, and told as what was written', async () => {
    const handler = openOrchestration();
    await given.requestedBuild(handler);
    handler.steps.push(refuse);
    await handler.run(await handler.claim());
    expect(handler.decisions.map(({ project }) => project?.status)).toEqual(['QA & Testing', undefined]);
    expect(handler.settled).toMatchObject([{ binding: { status: 'error', errorReason: 'outcome_refused' } }]);
    expect(await then.bindings(handler)).toMatchObject([{ status: 'error', wrk_workflow_id: 'wf_1' }]);
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
  });

  it('fails the worker only where not even the smallest form is taken', async () => {
    const handler = openOrchestration();
    await given.requestedBuild(handler);
    handler.steps.push(refuse, refuse, refuse);
    const claimed = await handler.claim();
    await expect(handler.run(claimed)).rejects.toThrow(/in any form. A constraint refused a row/);
    expect(await then.calls(handler), 'and even then what WRK said is kept').toMatchObject([
      { outcome: 'created', wrk_workflow_id: 'wf_1' },
    ]);
  });

  it('is written although what earlier calls brought cannot be read', async () => {
    const handler = openOrchestration();
    const { tenantId, bindingId, versionId } = await given.requestedBuild(handler);
    await handler.claim();
    await handler.loseLeases();
    const again = await handler.claim();
    await handler.store.host.update('automationVersions', versionId, { status: 'Archived' });
    const [now] = await handler.store.repository.loadBuilds([{ tenantId, bindingId }]);
    const { automationVersion = null } = now ?? {};
    const reload = () => Promise.reject(new Error('away'));
    await handler.run({ ...again, automationVersion }, { reload }).catch(() => {});
    expect(await then.bindings(handler)).toMatchObject([{ status: 'error', error_reason: 'not_buildable' }]);
  });
});

describe('a commit through the ports', () => {
  it('is refused by what the storage recognizes, and fails by anything else', async () => {
    const store = openMemory();
    const decision = completedDecision(claimedBuild());
    const commit = (problem: Error) =>
      commitOneByOne({
        ...store,
        repository: { ...store.repository, refusalOf, transaction: () => Promise.reject<never>(problem) },
      })([decision]);
    const other = new Error('away');
    expect([await commit(REFUSED), await commit(other)]).toEqual([[REFUSAL], [other]]);
  });
});

describe('a command that the storage refuses', () => {
  const reference = { tenantId: 'tenant-1', bindingId: 'binding-1' };
  const decision = (id: string) => ({ id, binding: null }) as BuildDecision;
  const open = (refusals: number) => {
    const committed: string[] = [];
    const deps = {
      load: async () => failedBuild(),
      loadOwnRows: async (_: unknown, problem: unknown) => {
        if (problem !== REFUSED) throw problem;
        return failedBuild({ automationVersionId: 'from own rows' });
      },
      commit: async ({ id }: BuildDecision) => {
        committed.push(id);
        return committed.length <= refusals ? REFUSAL : ('ok' as const);
      },
      lockWaitMs: 1,
      freeWorkflow: async () => false,
    };
    return { deps, committed };
  };

  const command = (decideSmaller?: BuildCommand['decideSmaller']): BuildCommand => ({
    decide: () => ok(decision('whole')),
    ...(decideSmaller && { decideSmaller }),
    audit: () => decision('audit entry'),
    onUnaudited: () => expect.unreachable(),
  });

  it('is a typed error', async () => {
    const { deps } = open(1);
    const result = await handleCommand(reference, command(), deps);
    expect(result._unsafeUnwrapErr()).toMatchObject({ code: 'host_refused' });
  });

  it('is carried out in a smaller form, if there is one, and says so', async () => {
    const { deps, committed } = open(2);
    const smaller = ({ id }: BuildDecision) => decision(`${id} less`);
    const result = await handleCommand(reference, command(smaller), deps);
    expect(result._unsafeUnwrap().answer.hostRefusal).toBe('A constraint refused a row.');
    expect(committed).toEqual(['whole', 'whole less', 'whole less less']);
    const nothing = await handleCommand(
      reference,
      command(() => null),
      open(1).deps,
    );
    expect(nothing._unsafeUnwrapErr().code).toBe('host_refused');
  });

  it('is decided on the library’s rows alone where the host’s cannot be read, if it has a smaller form', async () => {
    const { deps } = open(0);
    const load = () => Promise.reject(REFUSED);
    const result = await handleCommand(
      reference,
      command(() => null),
      { ...deps, load },
    );
    expect(result._unsafeUnwrap().answer.automationVersionId).toBe('from own rows');
    await expect(handleCommand(reference, command(), { ...deps, load })).rejects.toBe(REFUSED);
  });
});

describe('a change of a checklist that the storage refuses', () => {
  it.each([
    ['a refusal is a typed error', REFUSED, 'host_refused'],
    ['anything else is thrown', new Error('away'), null],
  ])('%s', async (_, problem, code) => {
    const recording = recordChecklistChange({ tenantId: 't', projectId: 'p' }, undefined, {
      repository: { transaction: () => Promise.reject<never>(problem), refusalOf },
      checklists: { lockChecklist: async () => null, saveProgress: async () => {} },
      hostTransactions: openMemory().hostTransactions,
      runtime: systemRuntime,
      lockWaitMs: 1,
    });
    if (code === null) return expect(recording).rejects.toBe(problem);
    expect((await recording)._unsafeUnwrapErr().code).toBe(code);
  });
});
