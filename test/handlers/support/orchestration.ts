import { createHash } from 'node:crypto';
import { memoryStorage } from '../../../src/adapters/memory/index.js';
import type { BuildDecision, Verdict } from '../../../src/core/build/decision.js';
import type { ClaimedBuild } from '../../../src/core/build/facts.js';
import { DEFAULT_STARTABLE_STATUSES } from '../../../src/core/build/statuses.js';
import type { OrchestrationPolicy } from '../../../src/core/orchestration/orchestration-policy.js';
import type { DuplicatePolicy, WrkAnswer } from '../../../src/core/orchestration/wrk-answer.js';
import { claimBuildsThroughQueue } from '../../../src/handlers/claim-builds.js';
import { commitOneByOne } from '../../../src/handlers/commit-one-by-one.js';
import { giveWay } from '../../../src/handlers/give-way.js';
import { reconcile } from '../../../src/handlers/reconcile.js';
import {
  type Hold,
  type OrchestrationDeps,
  runOrchestration,
} from '../../../src/handlers/run-orchestration.js';
import { systemRuntime } from '../../../src/runtime/system-runtime.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import type { FakeWrkOptions } from '../../../src/testing/wrk/fake-wrk-records.js';
import { orchestrationPolicy } from '../../core/support/claimed-build.js';
import { openApp } from '../../support/app.js';

const LEASE_MS = 60_000;

/** What happens instead of one commit, or before it: a verdict ends it there. */
export type CommitStep = (decision: BuildDecision) => Promise<Verdict | undefined>;

/** What a handler is told. */
export interface OrchestrationOptions {
  readonly duplicates?: DuplicatePolicy;
  readonly policy?: Partial<OrchestrationPolicy>;
  readonly fake?: FakeWrkOptions;
}

type RunOptions = Partial<OrchestrationDeps> & Partial<Hold>;

/** Builds in a memory store whose clock only moves when told to, and a handler that keeps what it was told. */
export function openOrchestration({
  duplicates = { by: 'idempotency-key' },
  policy,
  fake: kind,
}: OrchestrationOptions = {}) {
  let now = Date.parse('2031-01-01T00:00:00.000Z');
  const store = memoryStorage({ now: () => now });
  const fake = createFakeWrk({ keepsBodies: true, ...kind });
  const wrk = fakeWrkClient(fake, { duplicates });
  const { builds } = openApp(store, { wrk });

  const decisions: BuildDecision[] = [];
  const steps: CommitStep[] = [];
  const reloads: (number | null)[] = [];
  const settled: (BuildDecision | null)[] = [];
  const answers: WrkAnswer[] = [];
  const whileCalled: (() => Promise<void>)[] = [];
  const commit = async (decision: BuildDecision): Promise<Verdict> => {
    decisions.push(decision);
    const verdict = await steps.shift()?.(decision);
    if (verdict) return verdict;
    const [answer] = await commitOneByOne(store)([decision]);
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('There was no answer.');
    return answer;
  };
  let made = 0;
  const deps: OrchestrationDeps = {
    wrk: {
      ...wrk,
      createWorkflow: async (call) => {
        const answer = await wrk.createWorkflow(call);
        await whileCalled.shift()?.();
        return call.signal.aborted ? { kind: 'aborted', detail: 'the call was stopped' } : answer;
      },
    },
    policy: orchestrationPolicy({ duplicates, ...policy }),
    commit,
    reload: async (build, waitMs) => {
      reloads.push(waitMs);
      const options = waitMs === null ? {} : { waitMs };
      return (await store.repository.loadBuilds([build], options))[0] ?? null;
    },
    newId: () => `10000000-0000-4000-8000-${String(++made).padStart(12, '0')}`,
    random: () => 0.5,
    monotonicMs: systemRuntime.monotonicMs,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    lockWaitMs: 700,
    freeWorkflow: (workflowId) =>
      giveWay(workflowId, {
        ...deps,
        ...store.workflowHolders,
        policy: { ...deps.policy, startableStatuses: DEFAULT_STARTABLE_STATUSES },
        loadBuild: deps.reload,
        onGaveWay: () => {},
      }),
    onCommitted: (_, decision) => settled.push(decision),
    onAnswer: (_, answer) => answers.push(answer),
    reportToCircuitBreaker: async () => {},
  };

  return {
    store,
    fake,
    builds,
    deps,
    /** Every decision that was to be committed, in order. */
    decisions,
    /** Steps of the next commits, one each. */
    steps,
    /** How long each reload was told to wait. */
    reloads,
    /** What was told to have been written; `null` where the lease was lost. */
    settled,
    answers,
    /** Runs during the next calls, one each, after WRK has taken the call and before its answer arrives. */
    whileCalled,

    /** Claims the one build that is due. */
    claim: async (): Promise<ClaimedBuild> => {
      const { builds } = await claimBuildsThroughQueue(store)({ limit: 10, leaseMs: LEASE_MS });
      const [build, ...others] = builds;
      if (!build || others.length > 0) throw new Error(`${builds.length} builds were due.`);
      return build;
    },
    /** Carries a build one step further; `signal` never aborts unless given. */
    run: (
      build: ClaimedBuild,
      { signal = new AbortController().signal, mayBegin = () => true, ...more }: RunOptions = {},
    ) => runOrchestration(build, { ...deps, ...more }, { signal, mayBegin }),
    passTime: (ms: number) => {
      now += ms;
    },
    /** Lets the leases of all builds run out, and has their messages sent again. */
    loseLeases: async () => {
      now += LEASE_MS;
      await reconcile(store, store.sweep);
    },
  };
}
