import { checklistProgress } from '../../../../src/core/blueprint/checklist.js';
import type { OpsStep } from './ops-commands.js';
import type { Step } from './steps.js';
import { pickRow, type VersionRow, type World } from './world.js';

/** What a host does to its own rows, whatever the library is about. */
export type HostEdit = Exclude<
  Step,
  OpsStep | { step: 'request' | 'claim' | 'answer' | 'commit held' | 'lease ends' }
>;

export function editAsHost(world: World, edit: HostEdit): void {
  switch (edit.step) {
    case 'archive':
    case 'make ready':
    case 'move by hand':
      moveVersion(world, edit.step, edit.version);
      break;
    case 'edit':
      editBlueprint(world, edit.version, edit.blueprint);
      break;
    case 'withdraw or sign':
      withdrawOrSign(world, edit.version);
      break;
    case 'block or unblock':
      blockOrUnblock(world, edit.project);
      break;
    case 'work on a task':
      workOnTask(world, edit.task, edit.status);
  }
}

function editBlueprint(world: World, index: number, blueprintJson: string): void {
  const version = pickRow(world.versions, index);
  if (!version || version.blueprintJson === blueprintJson) return;
  version.blueprintJson = blueprintJson;
  version.mark += 1;
}

function withdrawOrSign(world: World, index: number): void {
  const quote = pickRow(world.quotes, index);
  if (!quote) return;
  quote.status = quote.status === 'signed' ? 'withdrawn' : 'signed';
  quote.mark += 1;
}

function blockOrUnblock(world: World, index: number): void {
  const project = pickRow(world.projects, index);
  if (project) project.blocked = !project.blocked;
}

function moveVersion(world: World, step: 'archive' | 'make ready' | 'move by hand', index: number): void {
  const version = pickRow(world.versions, index);
  if (!version) return;
  const isBuilding = ({ id, projectId, status }: VersionRow) =>
    id !== version.id && projectId === version.projectId && status === 'Build in Progress';
  if (step === 'archive' && version.status !== 'QA & Testing') moveTo(world, version, 'Archived');
  if (step === 'make ready' && version.status === 'Archived') moveTo(world, version, 'Ready for Build');
  // A host knows that a project builds one version at a time, but may bring back one whose build has failed.
  const hasFailed = world.bindings.some(
    ({ versionId, state }) => versionId === version.id && state.status === 'error',
  );
  const mayMove = version.status === 'Ready for Build' && !world.versions.some(isBuilding);
  if (step === 'move by hand' && (mayMove || (hasFailed && version.status === 'Archived'))) {
    moveTo(world, version, 'Build in Progress');
  }
}

function moveTo(world: World, version: VersionRow, status: string): void {
  version.status = status;
  version.mark += 1;
  world.movedByLibrary.delete(version.id);
  world.journal.push({ by: 'host', versionId: version.id, status });
}

/** The library's own `recordChecklistChange` goes with it: the project row is written with every change of a task. */
function workOnTask(world: World, index: number, status: string): void {
  const task = pickRow(world.tasks, index);
  if (!task) return;
  task.status = status;
  const project = world.projects.find(({ id }) => id === task.projectId);
  if (!project) return;
  project.progress = checklistProgress(world.tasks.filter(({ projectId }) => projectId === project.id));
  project.mark += 1;
}
