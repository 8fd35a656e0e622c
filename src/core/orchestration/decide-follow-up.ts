import type { BuildDecision } from '../build/decision.js';
import type { BuildFacts } from '../build/facts.js';
import { notificationContext } from '../notifications/notification-plan.js';
import { closeCall, outstandingCalls } from './call-ledger.js';
import { unguarded } from './change-build.js';
import { type EndPolicy, unboundMessages, unknownMessages } from './end-run.js';
import type { WrkLookup } from './wrk-answer.js';

/** What follows from a look at the calls that a run has ended without. */
export interface FollowUp {
  /** `null`: there is nothing to write. */
  readonly decision: BuildDecision | null;
  /** Milliseconds until WRK is asked again; `null`: it is known, or ops have been told that it is not. */
  readonly againInMs: number | null;
}

/** Times that WRK is asked before ops are told that it cannot say. */
const MAX_FOLLOW_UPS = 10;

/** Each delay is twice as long as the one before, up to an hour: all of them span about three hours. */
const [INITIAL_DELAY_MS, MAX_DELAY_MS] = [30_000, 3_600_000];

/**
 * Decides what a lookup says about the calls whose outcome is unknown, once the build has ended. A workflow that the build
 * does not hold is recorded in the ledger, and ops are told; so are they if WRK does not answer for hours.
 *
 * Nothing rests on the build's own state: whatever became of it meanwhile, the workflow is there.
 */
export function decideFollowUp(
  build: BuildFacts,
  lookup: WrkLookup,
  followUps: number,
  policy: Pick<EndPolicy, 'channels'>,
  decisionId: string,
): FollowUp {
  const decision = unguarded(build, decisionId);
  switch (lookup.kind) {
    case 'absent':
      return { decision: null, againInMs: null };
    case 'failed': {
      const delayMs = Math.min(INITIAL_DELAY_MS * 2 ** (followUps - 1), MAX_DELAY_MS);
      if (followUps < MAX_FOLLOW_UPS) return { decision: null, againInMs: delayMs };
      return { decision: { ...decision, messages: unknownMessages(build, policy) }, againInMs: null };
    }
    case 'found': {
      const { workflowId, workflowUrl } = lookup;
      const known = [build.binding, ...build.calls].some((each) => each.workflowId === workflowId);
      const call = outstandingCalls(build).find(({ outcome }) => outcome !== 'created');
      if (known || !call) return { decision: null, againInMs: null };
      const workflow = { workflowId, workflowUrl };
      return {
        decision: {
          ...decision,
          closeCall: closeCall({ call }, 'created', 'WRK has the workflow', workflow),
          messages: unboundMessages([workflow], notificationContext(build, {}), policy),
        },
        againInMs: null,
      };
    }
  }
}
