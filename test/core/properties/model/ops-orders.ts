import { BINDING_TRANSITIONS, type BindingStatus } from '../../../../src/core/statuses.js';
import { projectOf } from './load.js';
import type { Step } from './steps.js';
import { type BindingRow, pickRow, type World } from './world.js';

/** Stands in for the commands of ops: they order another run of a failed build, or give a build up. */
export function orderAsOps(world: World, order: Extract<Step, { step: 'ops retry' | 'ops cancel' }>): void {
  const to: BindingStatus = order.step === 'ops retry' ? 'pending' : 'cancelled';
  const movable = world.bindings.filter(
    ({ state, leased }) =>
      !leased && state.status !== 'cancelled' && BINDING_TRANSITIONS[state.status].includes(to),
  );
  const binding = pickRow(movable, order.build);
  if (!binding) return;
  world.reached.add(order.step);
  if (to === 'pending') retry(world, binding);
  else cancel(world, binding);
}

function retry(world: World, binding: BindingRow): void {
  const { run, fence } = binding.state;
  binding.state = {
    ...binding.state,
    status: 'pending',
    run: run + 1,
    fence: fence + 1,
    errorReason: null,
    errorDetails: null,
  };
  const { versionId } = binding;
  world.journal.push({ by: 'ops', versionId, binding: 'pending', versionStatus: null, projectStatus: null });
}

/** Version and project go back where they came from; a version that the host has moved on stays where it is. */
function cancel(world: World, binding: BindingRow): void {
  const { versionId, state } = binding;
  binding.state = {
    ...state,
    status: 'cancelled',
    fence: state.fence + 1,
    errorReason: null,
    errorDetails: null,
  };
  const version = world.versions.find(({ id }) => id === versionId);
  if (version?.status !== 'Build in Progress') {
    world.journal.push({
      by: 'ops',
      versionId,
      binding: 'cancelled',
      versionStatus: null,
      projectStatus: null,
    });
    return;
  }
  const project = projectOf(world, version);
  const cameFrom = state.cameFromVersionStatus;
  version.status = cameFrom === 'Build in Progress' ? 'Ready for Build' : cameFrom;
  version.mark += 1;
  world.movedByLibrary.delete(version.id);
  project.status = state.cameFromProjectStatus;
  project.mark += 1;
  world.journal.push({
    by: 'ops',
    versionId,
    binding: 'cancelled',
    versionStatus: version.status,
    projectStatus: project.status,
  });
}
