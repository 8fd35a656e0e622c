import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/build/decision.js';
import type { BuildFacts } from '../../src/core/build/facts.js';
import { DEFAULT_STARTABLE_STATUSES } from '../../src/core/build/statuses.js';
import { giveWay } from '../../src/handlers/give-way.js';
import { orchestrationPolicy } from '../core/support/claimed-build.js';
import { adoptedBuild } from '../core/support/ops-facts.js';
import { REFUSAL } from '../core/support/refusal.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { type CommitStep, openOrchestration } from './support/orchestration.js';

/** Lets a build give way, with these verdicts on what is committed; says what it came to. */
async function open(verdicts: readonly Verdict[], build: BuildFacts | null = adoptedBuild()) {
  const committed: (string | null)[] = [];
  const waits: (number | null)[] = [];
  const told: BuildFacts[] = [];
  const mayTry = await giveWay('wf-7', {
    findHolder: async () => build && { tenantId: build.tenantId, bindingId: build.binding.id },
    loadBuild: async (_, waitMs) => {
      waits.push(waitMs);
      return build;
    },
    commit: async ({ automationVersionStatus }) => {
      committed.push(automationVersionStatus);
      return verdicts[committed.length - 1] ?? 'stale';
    },
    policy: { ...orchestrationPolicy(), startableStatuses: DEFAULT_STARTABLE_STATUSES },
    newId: () => 'decision-1',
    lockWaitMs: 700,
    onGaveWay: (gaveWay) => told.push(gaveWay),
  });
  return { mayTry, committed, waits, told };
}

describe('a build whose adopted workflow is another one’s', () => {
  it('gives way, and that is told once it is written', async () => {
    const given = await open(['ok']);
    expect(given).toMatchObject({ mayTry: true, committed: ['Build in Progress'], waits: [null] });
    expect(given.told).toHaveLength(1);
  });

  it.each([
    ['stale', [null]],
    ['busy', [null, 700]],
  ] as const)('that is %s gives way at the next try', async (verdict, waits) => {
    expect(await open([verdict])).toMatchObject({ mayTry: true, waits, told: [] });
  });

  it('gives way on the library’s rows alone, or not at all', async () => {
    expect(await open([REFUSAL, 'ok'])).toMatchObject({
      mayTry: true,
      committed: ['Build in Progress', null],
      told: [{}],
    });
    expect(await open([REFUSAL, REFUSAL])).toMatchObject({ mayTry: false, told: [] });
  });

  it('has nothing to give once it is gone', async () => {
    expect(await open([], null)).toMatchObject({ mayTry: true, committed: [], told: [] });
  });
});

describe('WRK’s answer that names an adopted workflow', () => {
  /** A build that was completed by hand with what WRK will answer next. */
  const adopted = async () => {
    const handler = openOrchestration();
    const { tenantId, bindingId } = await given.requestedBuild(handler, 'typed');
    const workflow = { workflowId: 'wf_1', workflowUrl: 'https://app.wrk.example/workflows/wf_1' };
    const command = {
      tenantId,
      bindingId,
      ...workflow,
      userId: '8c7f0b2e-56a1-4d7e-9a3b-0f1e2d3c4b5a',
      reason: 'Found.',
    };
    expect((await handler.builds.adoptWorkflow(command)).isOk()).toBe(true);
    const answered = await given.requestedBuild(handler, 'answered');
    const binding = () => then.binding(handler, answered.bindingId);
    return { handler, answered, binding };
  };

  it('is kept if it cannot give way, and the build completes without another call', async () => {
    const { handler, answered, binding } = await adopted();
    const pass: CommitStep = async () => undefined;
    const busy: CommitStep = async () => 'busy';
    handler.steps.push(pass, busy, pass, busy, pass, busy);
    await handler.run(await handler.claim());
    expect(await binding()).toMatchObject({ status: 'pending', wrk_workflow_id: null });
    expect(await then.calls(handler, answered.bindingId)).toMatchObject([
      { outcome: 'created', wrk_workflow_id: 'wf_1' },
    ]);

    handler.passTime(1_000);
    await handler.run(await handler.claim());
    expect(await binding()).toMatchObject({ status: 'active', wrk_workflow_id: 'wf_1' });
    expect(handler.fake.calls()).toHaveLength(1);
  });

  it('is kept where the database fails meanwhile', async () => {
    const { handler, answered, binding } = await adopted();
    const away = new Error('the database is away');
    handler.steps.push(
      async () => undefined,
      async () => {
        throw away;
      },
    );
    await expect(handler.run(await handler.claim())).rejects.toBe(away);
    expect(await then.calls(handler, answered.bindingId)).toMatchObject([
      { outcome: 'created', wrk_workflow_id: 'wf_1' },
    ]);
    await handler.loseLeases();
    await handler.run(await handler.claim());
    expect(await binding()).toMatchObject({ status: 'active', wrk_workflow_id: 'wf_1' });
    expect(handler.fake.calls()).toHaveLength(1);
  });
});
