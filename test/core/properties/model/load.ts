import type {
  AutomationVersionFacts,
  BuildFacts,
  CandidateFacts,
  ClaimedBuild,
  ProjectFacts,
  RequestFacts,
} from '../../../../src/core/build/facts.js';
import type { RequestBuildCommand } from '../../../../src/core/request/request-build.js';
import { deepFreeze } from '../../support/deep-freeze.js';
import { REQUEST_POLICY } from '../../support/request-facts.js';
import { type BindingRow, type Model, newId, type ProjectRow, type VersionRow } from './model.js';

/** The facts behind a request, frozen: a decider that writes to them throws. */
export function loadRequest(model: Model, command: RequestBuildCommand): RequestFacts {
  const { tenantId, target, idempotency } = command;
  const own = model.versions.filter((version) => version.tenantId === tenantId);
  const meant =
    'projectId' in target
      ? own.filter(
          ({ projectId, status }) =>
            projectId === target.projectId && REQUEST_POLICY.startableStatuses.includes(status),
        )
      : own.filter(({ id }) => id === target.automationVersionId);
  const building = own.find(
    ({ projectId, status }) =>
      'projectId' in target && projectId === target.projectId && status === 'Build in Progress',
  );
  return frozen({
    storedAnswer: (idempotency && model.answers.get(`${tenantId} ${idempotency.key}`)) ?? null,
    candidates: meant.map((version) => candidateOf(model, version)),
    buildingVersionId: building?.id ?? null,
  });
}

/** The facts of a build, frozen. */
export function loadBuild(model: Model, bindingId: string): BuildFacts | null {
  const binding = model.bindings.find(({ id }) => id === bindingId);
  return binding ? frozen(buildOf(model, binding)) : null;
}

/** Takes the lease, bumps the fence and opens the ledger row, if the build is claimable. */
export function claim(model: Model, binding: BindingRow): ClaimedBuild | null {
  if (binding.state.status !== 'pending' || binding.leased) return null;
  binding.leased = true;
  binding.state = { ...binding.state, fence: binding.state.fence + 1 };
  const facts = buildOf(model, binding);
  const ofRun = model.calls.filter((call) => call.bindingId === binding.id && call.run === binding.state.run);
  const call = {
    id: newId(model, 'call'),
    number: ofRun.length + 1,
  };
  const unanswered = {
    outcome: null,
    detail: null,
    findings: [],
    workflowId: null,
    workflowUrl: null,
    closed: null,
    // Time stands still in the model, and everything has settled.
    startedMsAgo: 100_000,
    closedMsAgo: 100_000,
  };
  const { contentHash } = facts;
  model.calls = [
    ...model.calls,
    { ...call, contentHash, ...unanswered, bindingId: binding.id, run: binding.state.run },
  ];
  return frozen({ ...facts, call });
}

export function projectOf(model: Model, version: VersionRow): ProjectRow {
  const project = model.projects.find(({ id }) => id === version.projectId);
  if (!project) throw new Error(`The model has no project ${version.projectId}.`);
  return project;
}

function candidateOf(model: Model, version: VersionRow): CandidateFacts {
  const project = projectOf(model, version);
  const binding = model.bindings.find(({ versionId }) => versionId === version.id);
  return {
    automationVersion: versionFactsOf(version),
    projects: [projectFactsOf(project)],
    quotes: model.quotes
      .filter(({ versionId }) => versionId === version.id)
      .map(({ id, status, revision }) => ({ id, status, expired: false, rowVersion: `${revision}` })),
    binding: binding ? { id: binding.id, ...bindingFactsOf(binding) } : null,
    buildingSiblingIds: model.versions
      .filter(({ id, projectId }) => id !== version.id && projectId === version.projectId)
      .filter(({ status }) => status === 'Build in Progress')
      .map(({ id }) => id),
    openBlockers: project.blocked ? [{ id: `blocker of ${project.id}`, title: 'Legal' }] : [],
    checklist: checklistOf(model, project.id),
  };
}

function buildOf(model: Model, binding: BindingRow): BuildFacts {
  const version = model.versions.find(({ id }) => id === binding.versionId);
  const project = version ? projectOf(model, version) : null;
  return {
    tenantId: binding.tenantId,
    automationVersionId: binding.versionId,
    binding: { id: binding.id, ...bindingFactsOf(binding) },
    automationVersion: version ? versionFactsOf(version) : null,
    project: project && projectFactsOf(project),
    checklist: project ? checklistOf(model, project.id) : [],
    calls: model.calls
      .filter(({ bindingId }) => bindingId === binding.id)
      .map(({ bindingId: _bindingId, closed: _closed, ...call }) => call),
    buildingSiblingIds: model.versions
      .filter(({ id, projectId }) => id !== binding.versionId && projectId === version?.projectId)
      .filter(({ status }) => status === 'Build in Progress')
      .map(({ id }) => id),
    contentHash: JSON.stringify([version?.name, version?.blueprintJson, binding.state.keyGeneration]),
    isHeld: binding.leased,
    circuitBreakers: [],
  };
}

function bindingFactsOf({ state, assigneeId }: BindingRow) {
  const { runInMs: _runInMs, errorDetails: _errorDetails, ...facts } = state;
  return { ...facts, assigneeId };
}

function versionFactsOf({ id, name, status, blueprintJson, revision }: VersionRow): AutomationVersionFacts {
  const at = `${revision}`;
  return {
    id,
    automationId: `automation of ${id}`,
    automationName: name,
    status,
    updatedAt: at,
    blueprintJson,
    blueprintBytes: blueprintJson.length,
    rowVersion: at,
  };
}

function projectFactsOf({ id, status, revision }: ProjectRow): ProjectFacts {
  return { id, name: `Project ${id}`, status, rowVersion: `${revision}` };
}

function checklistOf(model: Model, projectId: string) {
  return model.tasks
    .filter((task) => task.projectId === projectId)
    .map(({ id, slug, category, status }) => ({ id, slug, category, status }));
}

function frozen<Facts>(facts: Facts): Facts {
  return deepFreeze(structuredClone(facts));
}
