import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { graphBlueprint } from '../../../src/core/blueprint/blueprint-policy.js';
import { findingsOf, pathsOf } from './examples.js';

const node = (id: unknown, more: object = {}) => ({ id, ...more });
const edge = (source: unknown, target: unknown, more: object = {}) => ({ source, target, ...more });
const pair = () => ({ nodes: [node('a'), node('b')], edges: [edge('a', 'b')] });

describe('graphBlueprint', () => {
  it('accepts several parts, a loop, and an edge from a node to itself', () => {
    const blueprint = {
      nodes: ['a', 'b', 'c', 'd', 'e'].map((id) => node(id)),
      edges: [edge('a', 'b'), edge('b', 'a'), edge('c', 'd'), edge('e', 'e')],
    };
    expect(graphBlueprint(blueprint)).toEqual(ok({ systems: [] }));
  });

  it('names each system once, trimmed, in order of first appearance', () => {
    const blueprint = {
      nodes: [
        node('a', { systems: ['Slack', ' Google Sheets '] }),
        node('b', { systems: ['Google Sheets', 'slack', 'Slack'] }),
        node('c', { systems: [] }),
        node('d', { systems: null }),
      ],
      edges: [edge('a', 'b'), edge('c', 'd')],
    };
    expect(graphBlueprint(blueprint)).toEqual(ok({ systems: ['Slack', 'Google Sheets', 'slack'] }));
  });

  it('reads null as left out where an edge may go without an id', () => {
    const { nodes } = pair();
    expect(
      graphBlueprint({ nodes, edges: [edge('a', 'b', { id: null }), edge('b', 'a', { id: null })] }),
    ).toEqual(ok({ systems: [] }));
  });

  it('treats names that every object inherits as ids like any other', () => {
    const text =
      '{"__proto__":{"nodes":[]},"nodes":[{"id":"__proto__","__proto__":{"id":1}},{"id":"constructor"}],' +
      '"edges":[{"source":"__proto__","target":"constructor"}]}';
    expect(graphBlueprint(JSON.parse(text))).toEqual(ok({ systems: [] }));
    expect(pathsOf(graphBlueprint({ ...pair(), edges: [edge('a', 'b'), edge('a', 'toString')] }))).toEqual([
      'edges[1].target',
    ]);
  });

  it('takes a list only from the document itself', () => {
    expect(pathsOf(graphBlueprint(JSON.parse('{"__proto__":{"nodes":[{"id":"a"}],"edges":[]}}')))).toEqual([
      'nodes',
      'edges',
    ]);
  });

  it.each([
    ['nothing', {}, ['nodes', 'edges']],
    ['empty lists', { nodes: [], edges: [] }, ['nodes', 'edges']],
    ['null for both lists', { nodes: null, edges: null }, ['nodes', 'edges']],
    ['objects for lists', { nodes: { a: 1 }, edges: {} }, ['nodes', 'nodes', 'edges', 'edges']],
    ['one node and no edge', { nodes: [node('a')], edges: [] }, ['edges', 'nodes[0]']],
    [
      'an edge and no node',
      { nodes: [], edges: [edge('a', 'b')] },
      ['nodes', 'edges[0].source', 'edges[0].target'],
    ],
    [
      'an edge without ends',
      { ...pair(), edges: [edge('a', 'b'), {}] },
      ['edges[1].source', 'edges[1].target'],
    ],
    [
      'ids that are numbers',
      { nodes: [node(1), node(2)], edges: [edge(1, 2)] },
      ['nodes[0].id', 'nodes[1].id', 'edges[0].source', 'edges[0].target'],
    ],
  ])('refuses %s', (_what, blueprint, paths) => {
    expect(pathsOf(graphBlueprint(blueprint))).toEqual(paths);
  });

  it('tells everything at once, each with what to do', () => {
    const blueprint = {
      nodes: [
        node('a', { systems: ['Slack', ''] }),
        null,
        node('a'),
        node('alone', { systems: 'Slack' }),
        node('b', { systems: ['Two\nlines', 'half \ud800'] }),
      ],
      edges: [
        edge('a', 'gone', { id: 'x' }),
        'a to b',
        edge('b', 'a', { id: 'x' }),
        edge('a', 'b', { id: 7 }),
      ],
    };
    expect(findingsOf(graphBlueprint(blueprint))).toEqual([
      { path: 'nodes[1]', message: 'This must be an object: correct or remove it.' },
      { path: 'nodes[2].id', message: 'Use a unique id: nodes[0] has the same one.' },
      {
        path: 'nodes[0].systems[1]',
        message: 'Set this to the name of a system, or remove the entry.',
      },
      { path: 'nodes[3].systems', message: 'This must be a list.' },
      {
        path: 'nodes[4].systems[0]',
        message: 'Remove line breaks and control characters from the name of the system.',
      },
      {
        path: 'nodes[4].systems[1]',
        message: 'Remove line breaks and control characters from the name of the system.',
      },
      { path: 'edges[1]', message: 'This must be an object: correct or remove it.' },
      { path: 'edges[2].id', message: 'Use a unique id: edges[0] has the same one.' },
      { path: 'edges[3].id', message: 'Add an id that is a non-blank string.' },
      { path: 'edges[0].target', message: 'Set this to the id of a node, or remove the edge.' },
      { path: 'nodes[3]', message: 'Connect this node to another node, or remove it.' },
    ]);
  });
});
