import type { BuildDecision } from '../../../../src/core/build/decision.js';
import { decideRequestBuild } from '../../../../src/core/request/decide-request-build.js';
import type { RequestBuildCommand } from '../../../../src/core/request/request-build.js';
import { REQUEST_POLICY, requestCommand } from '../../support/request-facts.js';
import { commit, writingNothing } from './commit.js';
import { editAsHost } from './host-edits.js';
import { loadRequest } from './load.js';
import { type Model, newId, pickRow } from './model.js';
import { commandAsOps } from './ops-commands.js';
import type { Step } from './steps.js';
import { answerCall, claimBuild, settle } from './worker.js';

/** Lets one step happen to the model. */
export function claimStep(model: Model, step: Step): void {
  switch (step.step) {
    case 'request':
      request(model, step);
      break;
    case 'claim':
      claimBuild(model, step);
      break;
    case 'answer':
      answerCall(model, step);
      break;
    case 'commit held':
      commitHeld(model, step.which);
      break;
    case 'lease ends':
      endLease(model, step.build);
      break;
    case 'ops retry':
    case 'ops cancel':
    case 'ops adopt':
    case 'ops undo adoption':
    case 'ops assign':
      commandAsOps(model, step);
      break;
    default:
      editAsHost(model, step);
  }
}

function endLease(model: Model, build: number): void {
  const leased = model.bindings.filter((binding) => binding.leased);
  const binding = pickRow(leased, build);
  if (binding) binding.leased = false;
}

function request(model: Model, step: Extract<Step, { step: 'request' }>): void {
  const version = pickRow(model.versions, step.version);
  if (!version) return;
  const { id, tenantId, projectId, status, revision } = version;
  const command = requestCommand({
    tenantId: step.foreign ? `not ${tenantId}` : tenantId,
    trigger: step.trigger,
    target: step.byProject ? { projectId } : { automationVersionId: id },
    lastKnownStatus: step.hint === 'right' ? status : null,
    lastKnownUpdatedAt: step.hint === 'none' ? null : `${step.hint === 'right' ? revision : revision - 1}`,
    lastKnownRowVersion: step.hint === 'right' ? `${revision}` : null,
    idempotency:
      step.key === null
        ? null
        : { operation: 'request_build', key: `key-${step.key}`, bodyHash: `${id} ${step.body}` },
    requestId: newId(model, 'request'),
    decisionId: newId(model, 'decision'),
    newBindingId: newId(model, 'binding'),
  });
  const decision = decide(model, command);
  if (!decision) return;
  if (step.hold) model.held = [...model.held, { kind: 'request', command, decision }];
  else commitFresh(model, decision);
}

/** Refused and replayed requests change nothing: invariant 16. */
function decide(model: Model, command: RequestBuildCommand): BuildDecision | null {
  const outcome = writingNothing(model, 'a decider', () =>
    decideRequestBuild(loadRequest(model, command), command, REQUEST_POLICY, []),
  );
  const kind = outcome.match(
    (accepted) => accepted.kind,
    (error) => error.code,
  );
  model.reached.add(`request ${kind}`);
  return outcome.isOk() && outcome.value.kind === 'accepted' ? outcome.value.decision : null;
}

/** As the handlers do it: what has gone stale writes nothing and is decided again on what is true now. */
function commitHeld(model: Model, which: number): void {
  const held = pickRow(model.held, which);
  if (!held) return;
  model.held = model.held.filter((each) => each !== held);
  if (held.kind === 'outcome') {
    settle(model, held.claimed, held.decision, held.answer);
    return;
  }
  if (commit(model, held.decision) === 'ok') return;
  const again = decide(model, held.command);
  if (again) commitFresh(model, again);
}

/** Nothing has moved since the facts were read: a request that its guard would refuse was not for the decider to accept. */
function commitFresh(model: Model, decision: BuildDecision): void {
  const verdict = commit(model, decision);
  if (verdict !== 'ok') model.violations.push(`a request on the newest facts was ${verdict}`);
}
