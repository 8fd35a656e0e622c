import { err, ok } from 'neverthrow';
import type { BlueprintFinding } from '../build/errors.js';
import { DEFAULT_BLUEPRINT_LIMITS } from './blueprint-limits.js';
import {
  type BlueprintPolicy,
  isJsonObject,
  type JsonObject,
  lengthOf,
  listAt,
  overLimit,
  type Part,
  partsAt,
  partsById,
  systemsOf,
} from './blueprint-policy.js';

const STEP_TYPES: readonly unknown[] = ['Trigger', 'Action', 'Decision', 'Exception', 'Human'];
const REQUIRED_TYPES = ['Trigger', 'Action'] as const;

/** What an editor writes for a system that nobody has chosen yet; compared in lower case. */
const NOT_A_SYSTEM = 'system tbd';

/**
 * The policy for blueprints written as `{ steps, branches }`. Complete means at least one `Trigger` and one
 * `Action`, only the five types, an id of its own for each step (and for each branch that has one), `nextStepIds`,
 * `parentStepId` and both ends of each branch that are ids of steps, and no step cut off from every other; a
 * step that only leads to itself is cut off. Several separate parts and loops are fine. Systems come from
 * `systemsInvolved`, and `System TBD` is none. `status`, `version`, sections and unknown keys are not judged.
 * Time grows with the size of the document.
 */
export const stepsBlueprint: BlueprintPolicy = (blueprint, limits = DEFAULT_BLUEPRINT_LIMITS) => {
  if (!isJsonObject(blueprint)) {
    return err([{ path: '', message: 'The blueprint must be an object with a list `steps`.' }]);
  }
  const tooLarge = [
    ...overLimit(lengthOf(blueprint.steps), 'steps', 'nodes', limits, 'steps'),
    ...overLimit(countLinks(blueprint), 'branches and next steps', 'edges', limits),
  ];
  if (tooLarge.length > 0) return err(tooLarge);
  const findings: BlueprintFinding[] = [];

  const steps = partsAt(blueprint, 'steps', findings);
  reportTypes(steps, findings);
  const stepsById = partsById(steps, { required: true }, findings);
  const systems = systemsOf(steps, 'systemsInvolved', findings);

  const joined = new Set<unknown>();
  const isStepId = (id: unknown) => typeof id === 'string' && stepsById.has(id);
  // A link to a step that does not exist joins nothing, and a step is not joined by leading to itself.
  const join = (from: unknown, to: unknown) => {
    if (from !== to && isStepId(from) && isStepId(to)) joined.add(from).add(to);
  };
  const reportUnlessStep = (id: unknown, path: string) => {
    if (!isStepId(id)) findings.push({ path, message: 'Set this to the id of a step, or remove it.' });
  };

  for (const step of steps) {
    const { id, nextStepIds, parentStepId } = step.value;
    const nextPath = `${step.path}.nextStepIds`;
    for (const [index, next] of listAt(nextStepIds, nextPath, findings).entries()) {
      reportUnlessStep(next, `${nextPath}[${index}]`);
      join(id, next);
    }
    if (parentStepId !== undefined && parentStepId !== null) {
      reportUnlessStep(parentStepId, `${step.path}.parentStepId`);
      join(parentStepId, id);
    }
  }

  const branches = partsAt(blueprint, 'branches', findings);
  partsById(branches, { required: false }, findings);
  for (const branch of branches) {
    const { parentStepId, targetStepId } = branch.value;
    reportUnlessStep(parentStepId, `${branch.path}.parentStepId`);
    reportUnlessStep(targetStepId, `${branch.path}.targetStepId`);
    join(parentStepId, targetStepId);
  }

  for (const [id, step] of stepsById) {
    if (!joined.has(id)) {
      findings.push({
        path: step.path,
        message: 'Connect this step to another step, or remove it.',
      });
    }
  }

  if (findings.length > 0) return err(findings);
  return ok({ systems: systems.filter((name) => name.toLowerCase() !== NOT_A_SYSTEM) });
};

/** What leads from one step to another: branches, and each entry of `nextStepIds`. */
function countLinks({ steps, branches }: JsonObject): number {
  let links = lengthOf(branches);
  if (!Array.isArray(steps)) return links;
  for (const step of steps) if (isJsonObject(step)) links += lengthOf(step.nextStepIds);
  return links;
}

function reportTypes(steps: readonly Part[], findings: BlueprintFinding[]): void {
  for (const type of REQUIRED_TYPES) {
    if (!steps.some((step) => step.value.type === type)) {
      findings.push({ path: 'steps', message: `Add at least one step of type ${type}.` });
    }
  }
  for (const step of steps) {
    if (!STEP_TYPES.includes(step.value.type)) {
      findings.push({ path: `${step.path}.type`, message: `Set this to one of ${STEP_TYPES.join(', ')}.` });
    }
  }
}
