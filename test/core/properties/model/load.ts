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
import { type BindingRow, newId, type ProjectRow, type VersionRow, type World } from './world.js';

/** The facts behind a request, frozen: a decider that writes to them throws. */
export function loadRequest(world: World, command: RequestBuildCommand): RequestFacts {
  const { tenantId, target, idempotency } = command;
  const own = world.versions.filter((version) => version.tenantId === tenantId);
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
    storedAnswer: (idempotency && world.answers.get(`${tenantId} ${idempotency.key}`)) ?? null,
    candidates: meant.map((version) => candidateOf(world, version)),
    buildingVersionId: building?.id ?? null,
  });
}

/** The facts of a build, frozen. */
export function loadBuild(world: World, bindingId: string): BuildFacts | null {
  const binding = world.bindings.find(({ id }) => id === bindingId);
  return binding ? frozen(buildOf(world, binding)) : null;
}

/** Takes the lease, bumps the fence and opens the ledger row, if the build is to be had. */
export function claim(world: World, binding: BindingRow): ClaimedBuild | null {
  if (binding.state.status !== 'pending' || binding.leased) return null;
  binding.leased = true;
  binding.state = { ...binding.state, fence: binding.state.fence + 1 };
  const facts = buildOf(world, binding);
  const ofRun = world.calls.filter((call) => call.bindingId === binding.id && call.run === binding.state.run);
  const call = {
    id: newId(world, 'call'),
    number: ofRun.length + 1,
  };
  const unanswered = {
    outcome: null,
    detail: null,
    findings: [],
    workflowId: null,
    workflowUrl: null,
    closed: null,
  };
  const { contentHash } = facts;
  world.calls = [
    ...world.calls,
    { ...call, contentHash, ...unanswered, bindingId: binding.id, run: binding.state.run },
  ];
  return frozen({ ...facts, call });
}

export function projectOf(world: World, version: VersionRow): ProjectRow {
  const project = world.projects.find(({ id }) => id === version.projectId);
  if (!project) throw new Error(`The world has no project ${version.projectId}.`);
  return project;
}

function candidateOf(world: World, version: VersionRow): CandidateFacts {
  const project = projectOf(world, version);
  const binding = world.bindings.find(({ versionId }) => versionId === version.id);
  return {
    automationVersion: versionFactsOf(version),
    projects: [projectFactsOf(project)],
    quotes: world.quotes
      .filter(({ versionId }) => versionId === version.id)
      .map(({ id, status, mark }) => ({ id, status, expired: false, rowVersion: `${mark}` })),
    binding: binding ? { id: binding.id, ...bindingFactsOf(binding) } : null,
    buildingSiblingIds: world.versions
      .filter(({ id, projectId }) => id !== version.id && projectId === version.projectId)
      .filter(({ status }) => status === 'Build in Progress')
      .map(({ id }) => id),
    openBlockers: project.blocked ? [{ id: `blocker of ${project.id}`, title: 'Legal' }] : [],
    checklist: checklistOf(world, project.id),
  };
}

function buildOf(world: World, binding: BindingRow): BuildFacts {
  const version = world.versions.find(({ id }) => id === binding.versionId);
  const project = version ? projectOf(world, version) : null;
  return {
    tenantId: binding.tenantId,
    automationVersionId: binding.versionId,
    binding: { id: binding.id, ...bindingFactsOf(binding) },
    automationVersion: version ? versionFactsOf(version) : null,
    project: project && projectFactsOf(project),
    checklist: project ? checklistOf(world, project.id) : [],
    calls: world.calls
      .filter(({ bindingId }) => bindingId === binding.id)
      .map(({ bindingId: _bindingId, closed: _closed, ...call }) => call),
    buildingSiblingIds: world.versions
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

function versionFactsOf({ id, name, status, blueprintJson, mark }: VersionRow): AutomationVersionFacts {
  const at = `${mark}`;
  return {
    id,
    automationId: `automation of ${id}`,
    automationName: name,
    status,
    updatedAt: at,
    blueprintJson,
    rowVersion: at,
  };
}

function projectFactsOf({ id, status, mark }: ProjectRow): ProjectFacts {
  return { id, name: `Project ${id}`, status, rowVersion: `${mark}` };
}

function checklistOf(world: World, projectId: string) {
  return world.tasks
    .filter((task) => task.projectId === projectId)
    .map(({ id, slug, category, status }) => ({ id, slug, category, status }));
}

function frozen<Facts>(facts: Facts): Facts {
  return deepFreeze(structuredClone(facts));
}
