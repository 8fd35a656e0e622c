import {
  BINDING_TRANSITIONS,
  type BindingStatus,
  BUILD_IN_PROGRESS,
  QA_AND_TESTING,
} from '../../../../src/core/build/statuses.js';
import type { AuditRow, History } from '../history.js';
import { type Finding, groupBy, type Invariant, violation } from './finding.js';

/** The status that an audited action leads to. */
const LEADS_TO: Readonly<Record<string, BindingStatus>> = {
  request_build: 'pending',
  retry_build: 'pending',
  build_complete: 'active',
  build_failed: 'error',
  undo_adoption: 'error',
  cancel_build: 'cancelled',
};

const isTransition = ({ action }: AuditRow) => action in LEADS_TO;

/** More claims of one run than any sequence of faults in a few seconds explains. */
const TOO_MANY_CLAIMS = 80;

/** 2: one binding for each version, and no workflow held twice. */
export const oneBinding: Invariant = ({ bindings }) => {
  const twice = (what: string, groups: ReadonlyMap<string | null, unknown[]>) =>
    [...groups].flatMap(([key, all]) =>
      key !== null && all.length > 1 ? [violation(2, `${what} ${key} has ${all.length} bindings`)] : [],
    );
  return [
    ...twice(
      'version',
      groupBy(bindings, ({ versionId }) => versionId),
    ),
    ...twice(
      'workflow',
      groupBy(bindings, ({ workflowId }) => workflowId),
    ),
  ];
};

/** 3: a version in QA has an active build whose workflow exists at WRK, for the same tenant. */
export const reallyThere: Invariant = ({ versions, bindings, workflows, changedByHost }) => {
  const active = bindings.filter(({ status }) => status === 'active');
  const atWrk = new Set(
    workflows.map((each) => [each.reference, each.tenantId, each.id, each.url].join(' ')),
  );
  const unreal = active.flatMap(({ id, tenantId, workflowId, workflowUrl }) =>
    atWrk.has([id, tenantId, workflowId, workflowUrl].join(' '))
      ? []
      : [violation(3, `build ${id} is active with ${workflowId}, which WRK does not have for it`)],
  );
  const built = new Set(active.map(({ versionId }) => versionId));
  const unbuilt = versions.flatMap(({ id, status }) =>
    status === QA_AND_TESTING && !built.has(id)
      ? [violation(3, `version ${id} is in QA without an active build`)]
      : [],
  );
  const qa = new Map(versions.map(({ id, status }) => [id, status]));
  const behind = active.flatMap(({ id, versionId }) =>
    qa.get(versionId) === QA_AND_TESTING || changedByHost.has(versionId)
      ? []
      : [violation(3, `build ${id} is active, and its version is “${qa.get(versionId)}”`)],
  );
  return [...unreal, ...unbuilt, ...behind];
};

/** 5: a version that is being built has a build that is pending, or failed for a reason. */
export const inProgress: Invariant = ({ versions, bindings, changedByHost }) => {
  const byVersion = new Map(bindings.map((binding) => [binding.versionId, binding]));
  return versions.flatMap(({ id, status }): Finding[] => {
    const binding = byVersion.get(id);
    if (status !== BUILD_IN_PROGRESS || changedByHost.has(id)) return [];
    if (binding?.status === 'pending' || (binding?.status === 'error' && binding.errorReason)) return [];
    return [violation(5, `version ${id} is being built, and its build is ${binding?.status ?? 'nowhere'}`)];
  });
};

/** 6, 7 and 21: the audit log, replayed, moves along the permitted edges and ends where each build stands. */
export const replays: Invariant = ({ bindings, audit }) => {
  const byVersion = groupBy(audit.filter(isTransition), ({ versionId }) => versionId);
  const built = new Set(bindings.map(({ versionId }) => versionId));
  const orphans = [...byVersion.keys()].flatMap((id) =>
    built.has(id) ? [] : [violation(6, `version ${id} has audit entries and no build`)],
  );
  const replayed = bindings.flatMap(({ id, versionId, status }) => {
    let now: BindingStatus | 'absent' = 'absent';
    const wrong: Finding[] = [];
    for (const { action } of byVersion.get(versionId) ?? []) {
      const next: BindingStatus = LEADS_TO[action] ?? 'pending';
      if (!BINDING_TRANSITIONS[now].includes(next))
        wrong.push(violation(7, `build ${id} went from ${now} to ${next} by ${action}`));
      now = next;
    }
    if (now !== status)
      wrong.push(violation(21, `build ${id} is ${status}, and its audit log ends in ${now}`));
    return wrong;
  });
  return [...orphans, ...replayed];
};

/** 8: while one version of a project is being built, no other is accepted. */
export const oneOfAProject: Invariant = ({ versions, audit, changedByHost }) =>
  [...groupBy(versions, ({ projectId }) => projectId)].flatMap(([projectId, siblings]) => {
    const ids = new Set(siblings.map(({ id }) => id));
    // What the host itself has moved away does not stand in the way any more.
    if (projectId === null || siblings.some(({ id }) => changedByHost.has(id))) return [];
    const building = new Set<string>();
    return audit
      .filter((entry) => ids.has(entry.versionId) && isTransition(entry))
      .flatMap((entry) => {
        const { action, versionId } = entry;
        if (LEADS_TO[action] !== 'pending') {
          building.delete(versionId);
          return [];
        }
        building.add(versionId);
        return building.size > 1
          ? [violation(8, `project ${projectId} builds ${[...building].join(' and ')}`)]
          : [];
      });
  });

/** 12: nobody wrote over somebody else's run: each request and each retry began one. */
export const runsCounted: Invariant = ({ bindings, audit }) => {
  const begun = groupBy(
    audit.filter(({ action }) => LEADS_TO[action] === 'pending'),
    ({ versionId }) => versionId,
  );
  return bindings.flatMap(({ id, versionId, run }) => {
    const runs = begun.get(versionId)?.length ?? 0;
    return runs === run ? [] : [violation(12, `build ${id} is at run ${run}, and ${runs} were begun`)];
  });
};

/** The entries of the audit log that a command leaves: where it was carried out, or where it was refused. */
const entriesOf = ({ audit }: History, reason: string | null, refused = false) =>
  audit.filter((entry) => entry.reason === reason && (entry.action === 'command_refused') === refused);

/** 16: what was refused leaves one entry that says so; of a command that was given twice at once, one may have been taken. */
export const refusedLeavesNothing: Invariant = (history) =>
  [...groupBy(history.answers, ({ reason }) => reason)].flatMap(([reason, same]) => {
    const mayHave = same.filter(({ answer }) => answer !== 'refused').length;
    const wrote = entriesOf(history, reason).length;
    const refusals = entriesOf(history, reason, true).length;
    if (reason === null || (wrote <= mayHave && refusals <= same.length)) return [];
    return [
      violation(
        16,
        `${reason} left ${wrote} audit entries for ${mayHave} commands that were carried out, and ${refusals} of refusals for ${same.length} in all`,
      ),
    ];
  });

/** 17: what was answered as accepted is in the database. */
export const durable: Invariant = (history) => {
  const { answers, bindings, audit } = history;
  const byId = new Map(bindings.map((binding) => [binding.id, binding]));
  const lost = answers.flatMap((each) => {
    if (each.answer !== 'ok') return [];
    const binding = byId.get(each.bindingId ?? '');
    if (!binding || binding.tenantId !== each.tenantId || binding.run < (each.run ?? 0))
      return [
        violation(
          17,
          `${each.what} of build ${each.bindingId}, run ${each.run}, was accepted and is not there`,
        ),
      ];
    return [];
  });
  const unaudited = answers.flatMap(({ answer, what, reason, bindingId }) => {
    // Whom a build is given to may be the same as before: then nothing happens, and nothing is written.
    if (answer !== 'ok' || what === 'assign' || reason === null || entriesOf(history, reason).length > 0)
      return [];
    return [violation(17, `${what} of build ${bindingId} (${reason}) was accepted and has no audit entry`)];
  });
  const requested = groupBy(
    audit.filter(({ action }) => action === 'request_build'),
    ({ versionId }) => versionId,
  );
  const unrequested = answers.flatMap(({ what, answer, versionId }) =>
    what === 'request' && answer === 'ok' && !requested.has(versionId ?? '')
      ? [violation(17, `the request for version ${versionId} was accepted and has no audit entry`)]
      : [],
  );
  return [...lost, ...unaudited, ...unrequested];
};

/** 18: once the faults have stopped, no automatic build stays pending. */
export const nothingPending: Invariant = ({ bindings }) =>
  bindings.flatMap(({ id, status, orchestration, run }) =>
    status === 'pending' && orchestration === 'automatic'
      ? [violation(18, `build ${id} is still pending, at run ${run}`)]
      : [],
  );

/** 24: every run ends within a bounded number of claims. */
export const claimsBounded: Invariant = ({ calls }) =>
  [...groupBy(calls, ({ bindingId, run }) => `build ${bindingId}, run ${run}`)].flatMap(([run, claims]) =>
    claims.length > TOO_MANY_CLAIMS ? [violation(24, `${run} was claimed ${claims.length} times`)] : [],
  );
