import fc from 'fast-check';
import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { graphBlueprint } from '../../../src/core/blueprint/blueprint-policy.js';
import { pathsOf } from './examples.js';

interface Graph {
  nodes: unknown[];
  edges: unknown[];
}

const edge = (source: unknown, target: unknown, more: object = {}) => ({ source, target, ...more });

/** Complete graphs: each node takes part in an edge, everything else is left to chance. */
const completeGraph: fc.Arbitrary<Graph> = fc
  .uniqueArray(
    fc.string({ minLength: 1, unit: 'grapheme' }).filter((id) => id.trim() !== ''),
    {
      minLength: 1,
      maxLength: 20,
    },
  )
  .chain((ids) => {
    const id = fc.constantFrom(...ids);
    const more = fc.dictionary(fc.constantFrom('label', 'parameters', '__proto__'), fc.jsonValue(), {
      maxKeys: 2,
    });
    const systems = fc.option(fc.array(fc.constantFrom('Slack', 'Gmail', 'SAP', '谷歌表格')), {
      nil: undefined,
    });
    return fc.record({
      nodes: fc.tuple(
        ...ids.map((own) =>
          fc
            .tuple(systems, more)
            .map(([named, rest]) => ({ ...rest, id: own, ...(named && { systems: named }) })),
        ),
      ),
      edges: fc
        .tuple(
          fc.tuple(...ids.map((own) => fc.tuple(fc.constant(own), id, fc.boolean()))),
          fc.array(fc.tuple(id, id, fc.boolean()), { maxLength: 10 }),
          fc.boolean(),
        )
        .map(([needed, extra, withIds]) =>
          [...needed, ...extra].map(([source, target, turned], index) => ({
            ...(turned ? edge(target, source) : edge(source, target)),
            ...(withIds && { id: `edge ${index}` }),
          })),
        ),
    });
  });

const idOf = (part: unknown): string =>
  typeof part === 'object' && part !== null && 'id' in part && typeof part.id === 'string' ? part.id : '';

/** Longer than every id there is. */
const unusedId = (graph: Graph): string => `${graph.nodes.map(idOf).join('')}+`;

const changed = (list: readonly unknown[], index: number, change: object): unknown[] =>
  list.map((part, at) => (at === index && typeof part === 'object' ? { ...part, ...change } : part));

/** One way to break a complete graph: the broken graph, and where the finding has to point. */
type Break = (graph: Graph, node: number, edge: number) => { broken: object; path: string };

const BREAKS: Readonly<Record<string, Break>> = {
  'the nodes are left out': ({ edges }) => ({ broken: { edges }, path: 'nodes' }),
  'the nodes are an object': (graph) => ({ broken: { ...graph, nodes: { ...graph.nodes } }, path: 'nodes' }),
  'the edges are left out': ({ nodes }) => ({ broken: { nodes }, path: 'edges' }),
  'the edges are emptied': (graph) => ({ broken: { ...graph, edges: [] }, path: 'edges' }),
  'a node becomes null': (graph, at) => ({
    broken: { ...graph, nodes: graph.nodes.map((one, index) => (index === at ? null : one)) },
    path: `nodes[${at}]`,
  }),
  'a node loses its id': (graph, at) => ({
    broken: { ...graph, nodes: changed(graph.nodes, at, { id: undefined }) },
    path: `nodes[${at}].id`,
  }),
  'a node gets a number for an id': (graph, at) => ({
    broken: { ...graph, nodes: changed(graph.nodes, at, { id: at }) },
    path: `nodes[${at}].id`,
  }),
  'a node gets a blank id': (graph, at) => ({
    broken: { ...graph, nodes: changed(graph.nodes, at, { id: ' \t' }) },
    path: `nodes[${at}].id`,
  }),
  'a node comes twice': (graph, at) => ({
    broken: { ...graph, nodes: [...graph.nodes, graph.nodes[at]] },
    path: `nodes[${graph.nodes.length}].id`,
  }),
  'a node without any edge is added': (graph) => ({
    broken: { ...graph, nodes: [...graph.nodes, { id: unusedId(graph) }] },
    path: `nodes[${graph.nodes.length}]`,
  }),
  'an edge becomes text': (graph, _node, at) => ({
    broken: { ...graph, edges: graph.edges.map((one, index) => (index === at ? 'a -> b' : one)) },
    path: `edges[${at}]`,
  }),
  'an edge starts at no node': (graph, _node, at) => ({
    broken: {
      ...graph,
      edges: changed(graph.edges, at, { source: unusedId(graph) }),
    },
    path: `edges[${at}].source`,
  }),
  'an edge has no target': (graph, _node, at) => ({
    broken: { ...graph, edges: changed(graph.edges, at, { target: null }) },
    path: `edges[${at}].target`,
  }),
  'an edge gets a blank id': (graph, _node, at) => ({
    broken: { ...graph, edges: changed(graph.edges, at, { id: '' }) },
    path: `edges[${at}].id`,
  }),
  'two edges share an id': (graph) => ({
    broken: {
      ...graph,
      edges: [
        ...graph.edges,
        edge(idOf(graph.nodes[0]), idOf(graph.nodes[0]), { id: 'twice' }),
        edge(idOf(graph.nodes[0]), idOf(graph.nodes[0]), { id: 'twice' }),
      ],
    },
    path: `edges[${graph.edges.length + 1}].id`,
  }),
  'a system is blank': (graph, at) => ({
    broken: { ...graph, nodes: changed(graph.nodes, at, { systems: ['Slack', '  '] }) },
    path: `nodes[${at}].systems[1]`,
  }),
  'a system is an object': (graph, at) => ({
    broken: { ...graph, nodes: changed(graph.nodes, at, { systems: [{ name: 'Slack' }] }) },
    path: `nodes[${at}].systems[0]`,
  }),
  'the systems are text': (graph, at) => ({
    broken: { ...graph, nodes: changed(graph.nodes, at, { systems: 'Slack' }) },
    path: `nodes[${at}].systems`,
  }),
};

describe('graphBlueprint on graphs at random', () => {
  it('accepts every complete graph and names exactly its systems', () => {
    fc.assert(
      fc.property(completeGraph, (graph) => {
        const named = graph.nodes.flatMap((one) =>
          typeof one === 'object' && one !== null && 'systems' in one && Array.isArray(one.systems)
            ? one.systems
            : [],
        );
        expect(graphBlueprint(graph)).toEqual(
          ok({ systems: named.filter((name, at) => named.indexOf(name) === at) }),
        );
      }),
    );
  });

  it.each(Object.entries(BREAKS))('finds it, at its path, when %s', (_what, breakGraph) => {
    fc.assert(
      fc.property(completeGraph, fc.nat(), fc.nat(), (graph, nodePick, edgePick) => {
        const { broken, path } = breakGraph(
          graph,
          nodePick % graph.nodes.length,
          edgePick % graph.edges.length,
        );
        expect(pathsOf(graphBlueprint(broken))).toContain(path);
      }),
    );
  });

  it('finds each node that an edge was taken from and no other', () => {
    fc.assert(
      fc.property(completeGraph, fc.nat(), (graph, pick) => {
        const lonely = graph.nodes[pick % graph.nodes.length];
        const kept = graph.edges.filter((one) => !Object.values(Object(one)).includes(idOf(lonely)));
        fc.pre(kept.length > 0);
        const ends = new Set(
          kept.flatMap((one) =>
            Object.entries(Object(one))
              .filter(([key]) => key !== 'id')
              .map(([, end]) => end),
          ),
        );
        const alone = graph.nodes.flatMap((one, at) => (ends.has(idOf(one)) ? [] : [`nodes[${at}]`]));
        expect(pathsOf(graphBlueprint({ ...graph, edges: kept }))).toEqual(alone);
      }),
    );
  });
});
