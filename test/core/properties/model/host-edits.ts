import { checklistProgress } from '../../../../src/core/blueprint/checklist.js';
import { type Model, pickRow, type VersionRow } from './model.js';
import type { OpsStep } from './ops-commands.js';
import type { Step } from './steps.js';

/** What a host does to its own rows, whatever the library is about. */
export type HostEdit = Exclude<
  Step,
  OpsStep | { step: 'request' | 'claim' | 'answer' | 'commit held' | 'lease ends' }
>;

export function editAsHost(model: Model, edit: HostEdit): void {
  switch (edit.step) {
    case 'archive':
    case 'make ready':
    case 'move by hand':
      moveVersion(model, edit.step, edit.version);
      break;
    case 'edit':
      editBlueprint(model, edit.version, edit.blueprint);
      break;
    case 'withdraw or sign':
      withdrawOrSign(model, edit.version);
      break;
    case 'block or unblock':
      blockOrUnblock(model, edit.project);
      break;
    case 'work on a task':
      workOnTask(model, edit.task, edit.status);
  }
}

function editBlueprint(model: Model, index: number, blueprintJson: string): void {
  const version = pickRow(model.versions, index);
  if (!version || version.blueprintJson === blueprintJson) return;
  version.blueprintJson = blueprintJson;
  version.revision += 1;
}

function withdrawOrSign(model: Model, index: number): void {
  const quote = pickRow(model.quotes, index);
  if (!quote) return;
  quote.status = quote.status === 'signed' ? 'withdrawn' : 'signed';
  quote.revision += 1;
}

function blockOrUnblock(model: Model, index: number): void {
  const project = pickRow(model.projects, index);
  if (project) project.blocked = !project.blocked;
}

function moveVersion(model: Model, step: 'archive' | 'make ready' | 'move by hand', index: number): void {
  const version = pickRow(model.versions, index);
  if (!version) return;
  const isBuilding = ({ id, projectId, status }: VersionRow) =>
    id !== version.id && projectId === version.projectId && status === 'Build in Progress';
  if (step === 'archive' && version.status !== 'QA & Testing') moveTo(model, version, 'Archived');
  if (step === 'make ready' && version.status === 'Archived') moveTo(model, version, 'Ready for Build');
  // A host knows that a project builds one version at a time, but may bring back one whose build has failed.
  const hasFailed = model.bindings.some(
    ({ versionId, state }) => versionId === version.id && state.status === 'error',
  );
  const mayMove = version.status === 'Ready for Build' && !model.versions.some(isBuilding);
  if (step === 'move by hand' && (mayMove || (hasFailed && version.status === 'Archived'))) {
    moveTo(model, version, 'Build in Progress');
  }
}

function moveTo(model: Model, version: VersionRow, status: string): void {
  version.status = status;
  version.revision += 1;
  model.movedByLibrary.delete(version.id);
  model.journal.push({ by: 'host', versionId: version.id, status });
}

/** The library's own `recordChecklistChange` goes with it: the project row is written with every change of a task. */
function workOnTask(model: Model, index: number, status: string): void {
  const task = pickRow(model.tasks, index);
  if (!task) return;
  task.status = status;
  const project = model.projects.find(({ id }) => id === task.projectId);
  if (!project) return;
  project.progress = checklistProgress(model.tasks.filter(({ projectId }) => projectId === project.id));
  project.revision += 1;
}
