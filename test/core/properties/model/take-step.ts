import type { BuildDecision } from '../../../../src/core/build/decision.js';
import { decideRequestBuild } from '../../../../src/core/request/decide-request-build.js';
import type { RequestBuildCommand } from '../../../../src/core/request/request-build.js';
import { REQUEST_POLICY, requestCommand } from '../../support/request-facts.js';
import { commit, writingNothing } from './commit.js';
import { editAsHost } from './host-edits.js';
import { loadRequest } from './load.js';
import { commandAsOps } from './ops-commands.js';
import type { Step } from './steps.js';
import { answerCall, claimBuild, settle } from './worker.js';
import { newId, pickRow, type World } from './world.js';

/** Lets one step happen to the world. */
export function claimStep(world: World, step: Step): void {
  switch (step.step) {
    case 'request':
      request(world, step);
      break;
    case 'claim':
      claimBuild(world, step);
      break;
    case 'answer':
      answerCall(world, step);
      break;
    case 'commit held':
      commitHeld(world, step.which);
      break;
    case 'lease ends':
      endLease(world, step.build);
      break;
    case 'ops retry':
    case 'ops cancel':
    case 'ops adopt':
    case 'ops assign':
      commandAsOps(world, step);
      break;
    default:
      editAsHost(world, step);
  }
}

function endLease(world: World, build: number): void {
  const leased = world.bindings.filter((binding) => binding.leased);
  const binding = pickRow(leased, build);
  if (binding) binding.leased = false;
}

function request(world: World, step: Extract<Step, { step: 'request' }>): void {
  const version = pickRow(world.versions, step.version);
  if (!version) return;
  const { id, tenantId, projectId, status, mark } = version;
  const command = requestCommand({
    tenantId: step.foreign ? `not ${tenantId}` : tenantId,
    trigger: step.trigger,
    target: step.byProject ? { projectId } : { automationVersionId: id },
    lastKnownStatus: step.hint === 'right' ? status : null,
    lastKnownUpdatedAt: step.hint === 'none' ? null : `${step.hint === 'right' ? mark : mark - 1}`,
    idempotency:
      step.key === null
        ? null
        : { operation: 'request_build', key: `key-${step.key}`, bodyHash: `${id} ${step.body}` },
    requestId: newId(world, 'request'),
    decisionId: newId(world, 'decision'),
    newBindingId: newId(world, 'binding'),
  });
  const decision = decide(world, command);
  if (!decision) return;
  if (step.hold) world.held = [...world.held, { kind: 'request', command, decision }];
  else commitFresh(world, decision);
}

/** Refused and replayed requests change nothing: invariant 16. */
function decide(world: World, command: RequestBuildCommand): BuildDecision | null {
  const outcome = writingNothing(world, 'a decider', () =>
    decideRequestBuild(loadRequest(world, command), command, REQUEST_POLICY, []),
  );
  const kind = outcome.match(
    (accepted) => accepted.kind,
    (error) => error.code,
  );
  world.reached.add(`request ${kind}`);
  return outcome.isOk() && outcome.value.kind === 'accepted' ? outcome.value.decision : null;
}

/** As the handlers do it: what has gone stale writes nothing and is decided again on what is true now. */
function commitHeld(world: World, which: number): void {
  const held = pickRow(world.held, which);
  if (!held) return;
  world.held = world.held.filter((each) => each !== held);
  if (held.kind === 'outcome') {
    settle(world, held.claimed, held.decision, held.answer);
    return;
  }
  if (commit(world, held.decision) === 'ok') return;
  const again = decide(world, held.command);
  if (again) commitFresh(world, again);
}

/** Nothing has moved since the facts were read: a request that its guard would refuse was not for the decider to accept. */
function commitFresh(world: World, decision: BuildDecision): void {
  const verdict = commit(world, decision);
  if (verdict !== 'ok') world.violations.push(`a request on the newest facts was ${verdict}`);
}
