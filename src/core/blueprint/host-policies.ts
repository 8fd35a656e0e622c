import type { BlueprintFinding } from '../build/errors.js';
import { kindOfValue } from '../input/error-text.js';
import { idText } from '../input/text.js';

/**
 * What is found where the host's `blueprint` failed. The person who asked may be a customer, so it says nothing of the cause,
 * which is in the event `host_function_failed`.
 */
export const UNCHECKED: readonly BlueprintFinding[] = [
  {
    path: '',
    message:
      'The blueprint could not be checked, because the host’s function for that failed: have it fixed, then try again.',
  },
];

/** What is wrong with the answer of a `BlueprintPolicy` of the host; `null` if nothing is. Reading it may throw. */
export function problemOfBlueprintAnswer(given: unknown): string | null {
  const wanted = 'return ok({ systems }), or err with a list of at least one { path, message }';
  const wrong = (value: unknown) => `returned ${kindOfValue(value)}: ${wanted}`;
  if (!isRecord(given) || typeof given.isOk !== 'function') return wrong(given);
  if (given.isOk() === true) {
    const { value } = given;
    return isRecord(value) && isListOf(value.systems, isText) ? null : wrong(value);
  }
  const { error } = given;
  const isFinding = (each: unknown) => isRecord(each) && isText(each.path) && isText(each.message);
  return isListOf(error, isFinding) && error.length > 0 ? null : wrong(error);
}

/** What is wrong with the answer of a `ChecklistPolicy` of the host; `null` if nothing is. Reading it may throw. */
export function problemOfChecklist(given: unknown): string | null {
  const wanted = "return a list of { slug, title, category }, with category 'integration' or 'manual'";
  const isItem = (each: unknown) =>
    isRecord(each) &&
    idText.safeParse(each.slug).success &&
    isText(each.title) &&
    (each.category === 'integration' || each.category === 'manual');
  if (!isListOf(given, isItem)) return `returned ${kindOfValue(given)} that is no checklist: ${wanted}`;
  const slugs = given.map((item) => isRecord(item) && item.slug);
  return new Set(slugs).size === slugs.length ? null : 'returned two items with one slug: give each its own';
}

/** What is wrong with the answer of a `ChooseOrchestration` of the host; `null` if nothing is. */
export function problemOfOrchestration(given: unknown): string | null {
  if (given === 'automatic' || given === 'manual') return null;
  return `returned ${kindOfValue(given)}: return 'automatic' or 'manual', and not a promise of it`;
}

/** What is wrong with the answer of a `HostPrerequisite`; `null` if nothing is. Reading it may throw. */
export function problemOfPrerequisites(given: unknown): string | null {
  const isMissing = (each: unknown) => isRecord(each) && isText(each.prerequisite) && isText(each.message);
  if (isListOf(given, isMissing)) return null;
  return `returned ${kindOfValue(given)} that is no answer: return a list of { prerequisite, message }, [] if nothing is missing`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const isText = (value: unknown) => typeof value === 'string';

function isListOf(value: unknown, isOne: (each: unknown) => boolean): value is readonly unknown[] {
  // A copy, since `every` passes over the holes of a list.
  return Array.isArray(value) && [...value].every(isOne);
}
