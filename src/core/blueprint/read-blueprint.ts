import { err, ok, Result } from 'neverthrow';
import type { BlueprintFinding, FoundFindings } from '../build/errors.js';
import type { AutomationVersionFacts } from '../build/facts.js';
import { measureJson } from '../input/json-size.js';
import { keepFindings } from '../input/keep-findings.js';
import { parseInSlices } from '../input/parse-in-slices.js';
import type { BlueprintLimits } from './blueprint-limits.js';
import { type BlueprintPolicy, type BlueprintSummary, overLimit } from './blueprint-policy.js';

// Anchored at the end: an engine that quotes the text in its message does so before its last words,
// and a number out of the quoted text must not pass for a position.
const POSITION = / at position (\d+)(?: \(line \d+ column \d+\))?$/;

function notJson(error: unknown): readonly BlueprintFinding[] {
  const position = POSITION.exec(String(error))?.[1];
  const where = position === undefined ? '' : `; reading stopped at character ${position}, counted from 0`;
  return [{ path: '', message: `The blueprint is not JSON${where}. Save it again as a JSON document.` }];
}

const parseJson = Result.fromThrowable((json: string): unknown => JSON.parse(json), notJson);

/** A complete blueprint, with its stored text. */
export interface ReadBlueprint extends BlueprintSummary {
  readonly json: string;
}

/**
 * Reads the stored text of a blueprint, unless it was parsed ahead, and asks the policy about it. Text that is not JSON is
 * one finding at `''`. What would cost too much to read is refused by its size, before it is parsed.
 */
export function readBlueprint(
  {
    blueprintJson: json,
    blueprintBytes,
    blueprint,
  }: Pick<AutomationVersionFacts, 'blueprintJson' | 'blueprintBytes' | 'blueprint'>,
  policy: BlueprintPolicy,
  limits: BlueprintLimits,
): Result<ReadBlueprint, FoundFindings> {
  const refuse = (findings: readonly BlueprintFinding[]) => err(keepFindings(findings, limits.findings));
  const tooLong = overLimit(blueprintBytes, 'bytes', 'bytes', limits);
  if (json === null || tooLong.length > 0) return refuse(tooLong);

  const parsed = blueprint ? ok(blueprint.document) : parseWithin(json, limits);
  const summary = parsed.andThen((document) => policy(document, limits));
  if (summary.isErr()) return refuse(summary.error);
  const { systems } = summary.value;
  const tooMany = overLimit(systems.length, 'systems', 'systems', limits);
  return tooMany.length > 0 ? refuse(tooMany) : ok({ systems, json });
}

function parseWithin(json: string, limits: BlueprintLimits): Result<unknown, readonly BlueprintFinding[]> {
  const { depth, values } = measureJson(json);
  const tooComplex = [
    ...overLimit(depth, 'levels of lists and objects', 'depth', limits),
    ...overLimit(values, 'values and keys', 'values', limits),
  ];
  return tooComplex.length > 0 ? err(tooComplex) : parseJson(json);
}

/** Characters of a blueprint that is worth the pauses; a shorter one is parsed in a millisecond or two. */
const MIN_LONG = 32_768;

/** Facts about a version, or the lack of one. */
interface VersionFacts {
  readonly automationVersion: AutomationVersionFacts | null;
}

/** Parses the blueprint of facts ahead of the decision, in slices. */
export type ParseAhead = <Facts extends VersionFacts>(facts: Facts) => Promise<Facts>;

/**
 * Parses a long blueprint before anything is decided about it, and pauses after each slice. One that is short, over a limit
 * or not JSON stays as it is: the decision reads it, and says what is wrong with it.
 */
export function* parseAhead<Facts extends VersionFacts>(
  facts: Facts,
  limits: BlueprintLimits,
): Generator<void, Facts> {
  const { automationVersion } = facts;
  const json = automationVersion?.blueprintJson ?? '';
  if (!automationVersion || json.length < MIN_LONG || automationVersion.blueprintBytes > limits.bytes)
    return facts;
  yield;
  const { depth, values } = measureJson(json);
  if (depth > limits.depth || values > limits.values) return facts;
  yield;
  try {
    const blueprint = { document: yield* parseInSlices(json) };
    return { ...facts, automationVersion: { ...automationVersion, blueprint } };
  } catch {
    return facts;
  }
}
