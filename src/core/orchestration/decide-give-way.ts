import type { BuildDecision } from '../build/decision.js';
import type { BuildFacts } from '../build/facts.js';
import { type AdoptionPolicy, endAdoption, holdsAdopted } from './end-adoption.js';

/**
 * The workflow that a decision took from WRK's own answer, and not from a person; `null`: it took none. What a person typed
 * gives way to it.
 */
export function workflowOfWrk({ binding }: BuildDecision): string | null {
  return binding && binding.adoption === null ? binding.workflowId : null;
}

/** What becomes of a workflow that WRK has named as another build's. */
export type GiveWay =
  /** Nobody holds it any more. */
  | { readonly kind: 'free' }
  /** The build keeps it, since WRK has named it as this build's too: a person must find out why. */
  | { readonly kind: 'held' }
  | { readonly kind: 'gives_way'; readonly build: BuildFacts; readonly decision: BuildDecision };

/**
 * Decides whether a build gives up a workflow that WRK has named as that of another build, which may be another tenant's:
 * neither is told of the other. `build` as it is now; `null`: it is gone.
 */
export function decideGiveWay(
  build: BuildFacts | null,
  workflowId: string,
  policy: AdoptionPolicy,
  decisionId: string,
): GiveWay {
  if (build?.binding.workflowId !== workflowId) return { kind: 'free' };
  return holdsAdopted(build)
    ? { kind: 'gives_way', build, decision: superseded(build, policy, decisionId) }
    : { kind: 'held' };
}

function superseded(build: BuildFacts, policy: AdoptionPolicy, decisionId: string): BuildDecision {
  const { tenantId, automationVersionId: resourceId, binding } = build;
  const { decision, metadata } = endAdoption(build, 'adoption_superseded', policy, decisionId);
  return {
    ...decision,
    audit: {
      tenantId,
      userId: null,
      actionType: 'build_failed',
      resourceType: 'automation_version',
      resourceId,
      metadata: { binding_id: binding.id, run: binding.run, request_id: binding.requestId, ...metadata },
    },
  };
}

/**
 * What is written of it where the storage refuses it for good: the library's rows alone, so that no trigger of one tenant's
 * rows keeps the workflow from the build that WRK gave it to.
 */
export function onOwnRows(refused: BuildDecision): BuildDecision {
  return {
    ...refused,
    guard: { ...refused.guard, automationVersionRow: null, project: null, noBuildingSibling: false },
    automationVersionStatus: null,
    project: null,
    setTasks: [],
    audit: null,
  };
}
