import { err, ok, type Result } from 'neverthrow';
import type { BlueprintFinding } from '../build/errors.js';
import { type BlueprintLimits, DEFAULT_BLUEPRINT_LIMITS } from './blueprint-limits.js';

/** What the rest of a build needs to know about a complete blueprint. */
export interface BlueprintSummary {
  /** The systems it touches: trimmed, each one once, in order of first appearance. */
  readonly systems: readonly string[];
}

/**
 * Decides whether a blueprint is complete. It reads and never changes the document, which goes to WRK untouched.
 * All findings come at once, in the order of the document; the library keeps the first of them and counts the rest. An
 * `err` holds at least one. `limits` are the host's `blueprintLimits`: bytes, depth, values, systems and checklist items
 * are checked for every policy, nodes and edges by the policy itself.
 */
export type BlueprintPolicy = (
  blueprint: unknown,
  limits?: BlueprintLimits,
) => Result<BlueprintSummary, readonly BlueprintFinding[]>;

/** The finding about something that is over its limit; nothing if it is not. */
export function overLimit(
  found: number,
  what: string,
  option: keyof BlueprintLimits,
  limits: BlueprintLimits,
  path = '',
): readonly BlueprintFinding[] {
  if (found <= limits[option]) return [];
  const message = `There are ${found} ${what}, and at most ${limits[option]} are allowed: make the blueprint smaller, or have the option blueprintLimits.${option} raised.`;
  return [{ path, message }];
}

/** A JSON object whose keys nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An object in one of the document's lists, with the path that leads to it. */
export interface Part {
  readonly path: string;
  readonly value: JsonObject;
}

/** A policy looks for so many findings: a document with more is not read to its end. */
const MAX_COUNTED = 10_000;

/** Whether a policy need not look for more. */
function isFull(findings: readonly BlueprintFinding[]): boolean {
  return findings.length >= MAX_COUNTED;
}

/** Narrows to a JSON object; lists and `null` are none. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How many entries a list has; 0 for what is no list. */
export function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

/** The list at a path. `null` reads as left out, which is an empty list; anything else that is no list is a finding. */
export function listAt(value: unknown, path: string, findings: BlueprintFinding[]): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value !== undefined && value !== null) findings.push({ path, message: 'This must be a list.' });
  return [];
}

/** The objects of one of the document's own lists; an entry that is no object is a finding. */
export function partsAt(document: JsonObject, key: string, findings: BlueprintFinding[]): readonly Part[] {
  const parts: Part[] = [];
  for (const [index, value] of listAt(document[key], key, findings).entries()) {
    if (isFull(findings)) break;
    const path = `${key}[${index}]`;
    if (isJsonObject(value)) parts.push({ path, value });
    else findings.push({ path, message: 'This must be an object: correct or remove it.' });
  }
  return parts;
}

/**
 * The parts by id, each id under the first part that has it. An id is text that is not blank; one that is
 * something else or taken is a finding. With `required: false` a part may go without (`null` reads as left out).
 */
export function partsById(
  parts: readonly Part[],
  options: { readonly required: boolean },
  findings: BlueprintFinding[],
): ReadonlyMap<string, Part> {
  const byId = new Map<string, Part>();
  for (const part of parts) {
    if (isFull(findings)) break;
    const id = part.value.id ?? undefined;
    if (id === undefined && !options.required) continue;

    const path = `${part.path}.id`;
    if (typeof id !== 'string' || id.trim() === '') {
      findings.push({ path, message: 'Add an id that is a non-blank string.' });
      continue;
    }
    const first = byId.get(id);
    if (first === undefined) byId.set(id, part);
    else findings.push({ path, message: `Use a unique id: ${first.path} has the same one.` });
  }
  return byId;
}

// A system's name becomes the title of a task; Postgres text holds neither U+0000 nor half a surrogate pair.
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** The distinct system names in a list on each part, trimmed, in order of first appearance. */
export function systemsOf(
  parts: readonly Part[],
  key: string,
  findings: BlueprintFinding[],
): readonly string[] {
  const systems = new Set<string>();
  for (const part of parts) {
    for (const [index, value] of listAt(part.value[key], `${part.path}.${key}`, findings).entries()) {
      if (isFull(findings)) return [...systems];
      const path = () => `${part.path}.${key}[${index}]`;
      const name = typeof value === 'string' ? value.trim() : '';
      if (name === '') {
        findings.push({ path: path(), message: 'Set this to the name of a system, or remove the entry.' });
      } else if (UNPRINTABLE.test(name)) {
        findings.push({
          path: path(),
          message: 'Remove line breaks and control characters from the name of the system.',
        });
      } else {
        systems.add(name);
      }
    }
  }
  return [...systems];
}

const EDGE_ENDS = ['source', 'target'] as const;

/**
 * The default policy: `{ nodes, edges }`. Complete means at least one node and one edge, an id of its own for each
 * node (and for each edge that has one), edges whose `source` and `target` are ids of nodes, and no node without any
 * edge. Several separate parts, loops and an edge from a node to itself are fine. A node may name the systems
 * it touches in `systems`. Unknown keys are allowed everywhere. Time grows with nodes plus edges.
 */
export const graphBlueprint: BlueprintPolicy = (blueprint, limits = DEFAULT_BLUEPRINT_LIMITS) => {
  if (!isJsonObject(blueprint)) {
    return err([
      { path: '', message: 'The blueprint must be an object with the lists `nodes` and `edges`.' },
    ]);
  }
  const tooLarge = [
    ...overLimit(lengthOf(blueprint.nodes), 'nodes', 'nodes', limits, 'nodes'),
    ...overLimit(lengthOf(blueprint.edges), 'edges', 'edges', limits, 'edges'),
  ];
  if (tooLarge.length > 0) return err(tooLarge);
  const findings: BlueprintFinding[] = [];

  const nodes = partsAt(blueprint, 'nodes', findings);
  if (nodes.length === 0) findings.push({ path: 'nodes', message: 'Add at least one node.' });
  const nodesById = partsById(nodes, { required: true }, findings);
  const systems = systemsOf(nodes, 'systems', findings);

  const edges = partsAt(blueprint, 'edges', findings);
  if (edges.length === 0) findings.push({ path: 'edges', message: 'Add at least one edge.' });
  partsById(edges, { required: false }, findings);

  const joined = new Set<unknown>();
  for (const edge of edges) {
    for (const end of EDGE_ENDS) {
      const id = edge.value[end];
      joined.add(id);
      if (typeof id !== 'string' || !nodesById.has(id)) {
        findings.push({
          path: `${edge.path}.${end}`,
          message: 'Set this to the id of a node, or remove the edge.',
        });
      }
    }
  }

  for (const [id, node] of nodesById) {
    if (!joined.has(id)) {
      findings.push({ path: node.path, message: 'Connect this node to another node, or remove it.' });
    }
  }

  return findings.length === 0 ? ok({ systems }) : err(findings);
};
