import { BUILD_ERROR_REASONS } from '../../../../src/core/build/errors.js';
import type { BindingRow, Model } from './model.js';

const REASONS: readonly unknown[] = BUILD_ERROR_REASONS;

/** What is wrong with the model as it stands: the numbers are those of the invariants. */
export function checkModel(model: Model): readonly string[] {
  return [
    ...model.violations,
    ...checkWorkflowsAtWrk(model),
    ...checkOneBinding(model),
    ...checkVersions(model),
    ...model.bindings.flatMap((binding) => checkActive(model, binding)),
    ...checkPosts(model),
    ...checkNotifications(model),
    ...checkReplay(model),
  ];
}

/** 1: at most one workflow for each build where the policy prevents another, and one more for each time that a person accepts it. */
function checkWorkflowsAtWrk({ duplicates, workflows, atRisk }: Model): readonly string[] {
  if (duplicates.by === 'nothing' && duplicates.onUnknownOutcome === 'retry') return [];
  const countIn = (list: readonly string[], wanted: string) => list.filter((each) => each === wanted).length;
  const references = workflows.map(({ reference }) => reference);
  return [...new Set(references)].flatMap((reference) => {
    const [made, accepted] = [countIn(references, reference), countIn(atRisk, reference)];
    return made > 1 + accepted
      ? [`1: WRK holds ${made} workflows of ${reference}, ${accepted} accepted`]
      : [];
  });
}

/** 2: at most one binding for each version, and one build for each workflow. */
function checkOneBinding({ bindings }: Model): readonly string[] {
  const held = bindings.flatMap(({ state }) => state.workflowId ?? []);
  const versions = bindings.map(({ versionId }) => versionId);
  return new Set(held).size === held.length && new Set(versions).size === versions.length
    ? []
    : ['2: a workflow or a version has two bindings'];
}

/** 3, 5 and 8: where the library has moved a version, its binding says the same; one build for each project. */
function checkVersions({ versions, bindings, movedByLibrary, workflows }: Model): readonly string[] {
  const wrong: string[] = [];
  const buildingProjects: string[] = [];
  for (const { id, tenantId, status, projectId } of versions) {
    const state = bindings.find(({ versionId }) => versionId === id)?.state;
    if (state?.status === 'pending' && status === 'Build in Progress') buildingProjects.push(projectId);
    if (!movedByLibrary.has(id)) continue;
    if (status === 'QA & Testing') {
      const exists = workflows.some(
        ({ id: made, tenantId: owner }) =>
          made === state?.workflowId && (owner === tenantId || state.adoption !== null),
      );
      if (state?.status !== 'active' || !exists || state.workflowUrl === null) {
        wrong.push(`3: ${id} is in QA, its binding ${state?.status} with ${state?.workflowId}`);
      }
    }
    if (status === 'Build in Progress') {
      const isTyped = state?.status === 'error' && REASONS.includes(state.errorReason);
      if (state?.status !== 'pending' && !isTyped)
        wrong.push(`5: ${id} is being built, its binding ${state?.status}`);
    }
  }
  if (new Set(buildingProjects).size < buildingProjects.length)
    wrong.push('8: a project builds two versions');
  return wrong;
}

/**
 * 4: a build has a `build_complete` entry for each completion, and one notification for each that flow 22 asks for; who was told
 * is told of each adoption that has ended.
 */
function checkActive(model: Model, { id, versionId, state }: BindingRow): readonly string[] {
  const ofVersion = model.journal.flatMap((each) =>
    each.by === 'library' && each.entry.resourceId === versionId ? [each.entry] : [],
  );
  const ended = ofVersion.filter(
    ({ metadata }) =>
      ['adoption_superseded', 'adoption_undone'].includes(`${metadata.error_reason}`) &&
      'reopened_tasks' in metadata,
  ).length;
  const completions = ofVersion.flatMap(({ actionType, metadata }) =>
    actionType === 'build_complete' ? [metadata.workflow_id] : [],
  );
  // An adoption that was ended has been a completion too.
  const entries = completions.slice(ended);
  const told = model.notifications.flatMap(({ body }) =>
    'template' in body &&
    body.bindingId === id &&
    ['build_complete', 'qa_ready', 'build_reopened'].includes(body.template)
      ? [`${body.template} ${body.channel} ${body.audience}`]
      : [],
  );
  const isActive = state.status === 'active';
  const times = (count: number, ...what: readonly string[]) =>
    what.flatMap((each) => Array.from({ length: count }, () => each));
  const expected = [
    ...times(completions.length, 'build_complete email client', 'build_complete in_app project_owner'),
    ...times(ended, 'build_reopened email client', 'build_reopened in_app project_owner'),
    ...times(completions.length, 'qa_ready email ops_team'),
  ];
  const isRight =
    JSON.stringify(entries) === JSON.stringify(isActive ? [state.workflowId] : []) &&
    JSON.stringify(told.toSorted()) === JSON.stringify(expected);
  return isRight
    ? []
    : [`4: ${id} is ${state.status}, with ${entries.length} entries and told: ${told.join(', ')}`];
}

/** 9 and 13: calls of a run are few, and a rejection is the last of them. */
function checkPosts({ posts, calls }: Model): readonly string[] {
  const wrong = posts.flatMap(({ callId, earlier }) => [
    ...(earlier.some(({ outcome }) => outcome === 'rejected') ? [`13: ${callId} follows a rejection`] : []),
    ...(earlier.filter(({ outcome }) => outcome !== null && outcome !== 'not_sent').length >= 4
      ? [`9: ${callId} was made though the calls of its run were used up`]
      : []),
  ]);
  const inTime = calls
    .filter(({ closed, outcome }) => closed === 'in time' && outcome !== 'not_sent')
    .map(({ bindingId, run }) => `${bindingId} in run ${run}`);
  const tooMany = inTime.filter((each) => inTime.filter((other) => other === each).length > 4);
  return [...wrong, ...[...new Set(tooMany)].map((each) => `9: more than four calls of ${each}`)];
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** 4: nobody is told anything twice. */
function checkNotifications({ notifications }: Model): readonly string[] {
  const keys = notifications.map(({ key }) => key);
  return keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `4: ${key} is told twice`);
}

/** 21: the audit log, with what the host did itself, leads to the statuses that are there. */
function checkReplay({ journal, versions, projects, bindings }: Model): readonly string[] {
  const statuses = new Map<string, string>();
  for (const version of versions) statuses.set(version.id, 'Ready for Build');
  for (const project of projects) statuses.set(project.id, 'Awaiting Build');
  const projectOf = (versionId: string) => versions.find(({ id }) => id === versionId)?.projectId ?? '';
  const wrong: string[] = [];
  const move = (versionId: string, binding: string, status: string | null, projectStatus = status) => {
    statuses.set(`binding of ${versionId}`, binding);
    if (status !== null) statuses.set(versionId, status);
    if (projectStatus !== null) statuses.set(projectOf(versionId), projectStatus);
  };
  for (const each of journal) {
    if (each.by === 'host') {
      statuses.set(each.versionId, each.status);
    } else {
      const { actionType, resourceId, metadata } = each.entry;
      if (actionType === 'request_build') {
        const from = [metadata.from_version_status, metadata.from_project_status];
        const was = [statuses.get(resourceId), statuses.get(projectOf(resourceId))];
        if (`${from}` !== `${was}`) wrong.push(`21: ${resourceId} came from ${was}, not from ${from}`);
        move(resourceId, 'pending', 'Build in Progress');
      }
      if (actionType === 'build_complete') move(resourceId, 'active', 'QA & Testing');
      if (actionType === 'build_failed' || actionType === 'undo_adoption') {
        const { to_version_status: to, to_project_status: toOfProject } = metadata;
        move(resourceId, 'error', textOrNull(to), textOrNull(toOfProject));
      }
      if (actionType === 'retry_build') move(resourceId, 'pending', null);
      if (actionType === 'cancel_build') {
        const { to_version_status: to, to_project_status: toOfProject } = metadata;
        move(resourceId, 'cancelled', textOrNull(to), textOrNull(toOfProject));
      }
    }
  }
  const stored = new Map<string, string>([
    ...[...versions, ...projects].map(({ id, status }) => [id, status] as const),
    ...bindings.map(({ versionId, state }) => [`binding of ${versionId}`, state.status] as const),
  ]);
  for (const [what, status] of stored) {
    if (statuses.get(what) !== status)
      wrong.push(`21: ${what} is ${status}, by the log ${statuses.get(what)}`);
  }
  return wrong;
}
