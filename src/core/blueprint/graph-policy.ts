import { err, ok } from 'neverthrow';
import type { BlueprintFinding } from '../build/errors.js';
import type { BlueprintPolicy } from './blueprint-policy.js';
import { isJsonObject, partsAt, partsById, systemsOf } from './document-parts.js';

const EDGE_ENDS = ['source', 'target'] as const;

/**
 * The default policy: `{ nodes, edges }`. Complete means at least one node and one edge, an id of its own for each
 * node (and for each edge that has one), edges whose `source` and `target` are ids of nodes, and no node without any
 * edge. Several separate parts, loops and an edge from a node to itself are fine. A node may name the systems
 * it touches in `systems`. Unknown keys are allowed everywhere. Time grows with nodes plus edges.
 */
export const graphBlueprint: BlueprintPolicy = (blueprint) => {
  if (!isJsonObject(blueprint)) {
    return err([
      { path: '', message: 'The blueprint must be an object with the lists `nodes` and `edges`.' },
    ]);
  }
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
