import type { ClaimedBuild } from '../../../../src/core/build/facts.js';
import type { WrkAnswer } from '../../../../src/core/orchestration/wrk-answer.js';
import { type Model, newId } from './model.js';

const urlOf = (workflowId: string) => `https://wrk.example/${workflowId}`;

const created = (workflowId: string): WrkAnswer => ({
  kind: 'created',
  workflowId,
  workflowUrl: urlOf(workflowId),
});

/** However it ended at WRK, these may be all that we get to see. */
const LOST: readonly WrkAnswer[] = [
  { kind: 'network_failure', detail: 'reset' },
  { kind: 'api_error', retryAfterMs: null, detail: '503' },
  { kind: 'unusable', detail: 'no id' },
  { kind: 'aborted', detail: 'the process stops' },
];

const MADE_NOTHING: readonly WrkAnswer[] = [
  { kind: 'rejected', findings: ['nodes[0]: unknown'], detail: '422' },
  { kind: 'access_denied', scope: 'everyone', detail: '401' },
  { kind: 'not_now', retryAfterMs: 60_000, detail: '429' },
  { kind: 'not_sent', detail: 'connection refused' },
  { kind: 'already_exists', workflowId: null, workflowUrl: null, reference: null, detail: '409' },
];

/**
 * POSTs a build and returns the answers that agree with what WRK then holds. WRK acts when it is called: only answers
 * can be late. Under an idempotency key it makes one workflow, without one as many as it is asked for.
 */
export function post(
  model: Model,
  { binding, call, tenantId, contentHash }: ClaimedBuild,
  makes: boolean,
): readonly WrkAnswer[] {
  const earlier = model.calls.filter(
    ({ bindingId, run, id }) => bindingId === binding.id && run === binding.run && id !== call.id,
  );
  model.posts.push({ bindingId: binding.id, run: binding.run, callId: call.id, earlier });
  const key = `${binding.id} ${contentHash}`;
  const known =
    model.duplicates.by === 'idempotency-key' ? model.workflows.find((each) => each.key === key) : undefined;
  if (known) {
    const { id: workflowId } = known;
    const exists = { workflowId, workflowUrl: urlOf(workflowId), reference: binding.id, detail: '409' };
    return [created(workflowId), { kind: 'already_exists', ...exists }, ...LOST];
  }
  if (!makes) {
    const theirs = confused(model, binding.id);
    return [...theirs, ...MADE_NOTHING, ...LOST, ...theirs];
  }
  const id = newId(model, 'workflow');
  model.workflows.push({ id, tenantId, reference: binding.id, key });
  return [created(id), ...LOST];
}

/**
 * A WRK that answers with the workflow of another build, which that build holds already. It may be taken if it was adopted,
 * and no WRK gives away what it has made for another tenant.
 */
function confused(model: Model, bindingId: string): readonly WrkAnswer[] {
  const own = model.bindings.find(({ id }) => id === bindingId);
  return model.bindings.flatMap(({ id, state: { workflowId, adoption } }) => {
    if (id === bindingId || workflowId === null) return [];
    const madeFor = model.workflows.find((each) => each.id === workflowId)?.tenantId;
    return adoption === null || madeFor === own?.tenantId ? [created(workflowId)] : [];
  });
}

/** Asks WRK for the workflow of a build, as the handlers do before it calls again; `null` when there is none. */
export function lookUp(model: Model, { binding }: ClaimedBuild, fails: boolean): WrkAnswer | null {
  if (fails) return { kind: 'api_error', retryAfterMs: null, detail: 'the lookup failed' };
  const found = model.workflows.find(({ reference }) => reference === binding.id);
  return found ? created(found.id) : null;
}
