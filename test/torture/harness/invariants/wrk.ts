import type { CallRow, History, WorkflowAtWrk } from '../history.js';
import { type Finding, groupBy, type Invariant, violation } from './finding.js';

/** The outcomes that leave it open whether WRK has made a workflow. */
const isUnknown = ({ outcome }: CallRow) => outcome === null || outcome === 'unknown';

/**
 * Whether the ops team was told of a workflow that no build holds, by a notification, wherever that has got to: of the workflow
 * by its id, be it that a person took it from its build, or that nobody knows what became of a call of its build.
 */
function isTold({ texts, messages }: History, { id, reference }: WorkflowAtWrk): boolean {
  const isNamed = new RegExp(`\\b${id}\\b`);
  return [...texts.filter(({ where }) => where === 'in_app_notifications'), ...messages].some(
    ({ text }) =>
      (text.includes('adoption_undone') && isNamed.test(text)) ||
      (text.includes('workflow_unbound') &&
        (isNamed.test(text) || (text.includes(reference) && text.includes('outcome_unknown')))),
  );
}

/**
 * How many workflows one build may have: one, and one more for each command that accepted so. Where nothing prevents
 * duplicates and the host chose to call again, each call may make one.
 */
function allowed(history: History, bindingId: string): number {
  if (history.setUp.policy === 'retry') return Number.POSITIVE_INFINITY;
  // A command whose answer was lost may have taken effect.
  const accepted = history.answers.filter(
    (each) => each.bindingId === bindingId && each.atRisk && each.answer !== 'refused',
  );
  return 1 + accepted.length;
}

/** WRK made a workflow later than the host said it would, so that a lookup was right to find none. */
function isLate({ posts, calls, setUp }: History, reference: string): boolean {
  const own = calls.filter(({ bindingId }) => bindingId === reference);
  return posts.some(({ callId, takenAt }) => {
    const index = own.findIndex(({ id }) => id === callId);
    const endedAt = own[index]?.closedAt ?? own[index + 1]?.startedAt;
    return endedAt !== undefined && takenAt > endedAt + setUp.settleMs - 50;
  });
}

/** 1: at most one workflow for each build, counted in WRK. */
export const oneWorkflow: Invariant = (history) =>
  [...groupBy(history.workflows, ({ reference }) => reference)].flatMap(([reference, made]): Finding[] => {
    if (made.length <= allowed(history, reference)) return [];
    const text = `build ${reference} has ${made.length} workflows at WRK: ${made.map(({ id }) => id).join(', ')}`;
    const held = history.bindings.find(({ id }) => id === reference)?.workflowId;
    const others = made.filter(({ id }) => id !== held);
    const isWindow =
      history.setUp.policy === 'lookup' &&
      isLate(history, reference) &&
      others.every((each) => isTold(history, each));
    return [{ invariant: 1, kind: isWindow ? 'window' : 'violation', text }];
  });

/** 9: each POST has an earlier row in the ledger, and a run has at most four calls that were not cut off. */
export const recordedFirst: Invariant = ({ posts, calls }) => {
  const rows = new Map(calls.map((call) => [call.id, call]));
  const unannounced = posts.flatMap(({ callId, reference, firstByteAt }) => {
    const row = rows.get(callId);
    if (row?.bindingId === reference && row.startedAt <= firstByteAt) return [];
    return [violation(9, `POST of call ${callId} for build ${reference} has no earlier row in the ledger`)];
  });
  const tooMany = [...groupBy(calls, ({ bindingId, run }) => `${bindingId}, run ${run}`)].flatMap(
    ([run, all]) => {
      // One that was still open at the next claim was cut off, whatever a process that went on later made of it.
      const answered = all.filter(({ outcome, closedAt }, index) => {
        const next = all[index + 1]?.startedAt ?? Number.POSITIVE_INFINITY;
        return outcome !== null && outcome !== 'not_sent' && (closedAt ?? next) <= next;
      });
      return answered.length > 4 ? [violation(9, `${run}: ${answered.length} calls were answered`)] : [];
    },
  );
  return [...unannounced, ...tooMany];
};

/** 10: all POSTs under one key are byte-identical. */
export const sameBytes: Invariant = ({ posts, complaints }) => {
  const byKey = groupBy(
    posts.filter(({ key }) => key !== null),
    ({ key }) => key,
  );
  const different = [...byKey].flatMap(([key, all]) =>
    new Set(all.map(({ bodyHash }) => bodyHash)).size > 1
      ? [violation(10, `key ${key} came with different bytes`)]
      : [],
  );
  return [...different, ...complaints.map((complaint) => violation(10, complaint))];
};

/** 13 and 23: what is on record, a rejection or a workflow, is not sent again without a command of a person. */
export const neverAgain: Invariant = ({ posts, calls }) => {
  const posted = new Set(posts.map(({ callId }) => callId));
  return calls.flatMap(({ bindingId, run, number, outcome, closedAt }) => {
    if (outcome !== 'created' && outcome !== 'rejected') return [];
    return calls
      .filter(
        (later) =>
          later.bindingId === bindingId &&
          later.run === run &&
          later.number > number &&
          later.startedAt > (closedAt ?? 0) &&
          posted.has(later.id),
      )
      .map((later) =>
        violation(
          outcome === 'rejected' ? 13 : 23,
          `build ${bindingId}, run ${run}: call ${number} was ${outcome}, and call ${later.number} was sent all the same`,
        ),
      );
  });
};

/** 20: every workflow at WRK is held by its build, or the ops team knows of it. */
export const nothingSilent: Invariant = (history) =>
  history.workflows.flatMap((workflow) => {
    const { id, reference } = workflow;
    const binding = history.bindings.find((each) => each.id === reference);
    if (binding?.workflowId === id || isTold(history, workflow)) return [];
    const calls = history.calls.filter(({ bindingId }) => bindingId === reference);
    const text = `workflow ${id} of build ${reference} (${binding?.status ?? 'unknown'}) is held by nobody, and nobody was told`;
    // The build waits for a person, who is told that it is unknown whether a workflow exists.
    if (binding?.status === 'error' && calls.some(isUnknown)) return [];
    // The build waits for a person, who is told that WRK says it has a workflow already.
    if (binding?.status === 'error' && binding.errorReason === 'workflow_conflict') return [];
    // Somebody gave the build up, and accepted it, be it known or not.
    const isAccepted = calls.some((call) => isUnknown(call) || call.workflowId === id);
    if (binding?.status === 'cancelled' && isAccepted) return [];
    return [violation(20, text)];
  });

/** 22: no POST begins once the next claim of the build was made, so after the end of its own lease. */
export const inTime: Invariant = ({ posts, calls, lagAt }) => {
  const rows = new Map(calls.map((call) => [call.id, call]));
  const next = new Map(
    [...groupBy(calls, ({ bindingId }) => bindingId).values()].flatMap((own) =>
      own.map((call, index) => [call.id, own[index + 1]] as const),
    ),
  );
  return posts.flatMap(({ callId, reference, firstByteAt }) => {
    const later = next.get(callId);
    const lateMs = later ? firstByteAt - lagAt(firstByteAt) - later.startedAt : 0;
    if (!later || lateMs <= 0) return [];
    const own = rows.get(callId);
    return [
      violation(
        22,
        `build ${reference}: the POST of call ${own?.run}.${own?.number} began ${Math.round(lateMs)} ms after the claim of call ${later.run}.${later.number}`,
      ),
    ];
  });
};
