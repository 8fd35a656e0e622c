import { stepsBlueprint } from 'wrk-builds';

/** The documents of a host, in the form in which it keeps its blueprints. */
export interface Blueprints {
  /** One that a build may start with. */
  readonly complete: object;
  /** The same after somebody has worked on it. */
  readonly edited: object;
  /** One that says nothing yet, where that is found, and what is said of it. */
  readonly incomplete: {
    readonly document: object;
    readonly paths: readonly string[];
    readonly findings: readonly string[];
  };
}

const systems = ['Salesforce', 'NetSuite'];

/** Nodes and edges. */
export const GRAPHS = {
  complete: {
    nodes: systems.map((system, index) => ({ id: `n${index}`, name: `Step ${index}`, systems: [system] })),
    edges: [{ source: 'n0', target: 'n1' }],
  },
  edited: { nodes: [{ id: 'a' }, { id: 'b' }], edges: [{ source: 'a', target: 'b' }] },
  incomplete: {
    document: { nodes: [], edges: [] },
    paths: ['nodes', 'edges'],
    findings: ['nodes: Add at least one node.', 'edges: Add at least one edge.'],
  },
};

const step = (
  id: string,
  type: string,
  nextStepIds: readonly string[],
  systemsInvolved: readonly string[] = [],
) => ({
  id,
  type,
  name: `Step ${id}`,
  nextStepIds,
  systemsInvolved,
});

/** Typed steps that name the next ones. */
export const STEPS = {
  policy: stepsBlueprint,
  complete: {
    version: 1,
    status: 'ReadyToBuild',
    summary: 'Invoices into the ledger',
    sections: [],
    steps: [
      step('s1', 'Trigger', ['s2'], ['Salesforce']),
      step('s2', 'Action', ['s3'], ['NetSuite', 'System TBD']),
      step('s3', 'Human', []),
    ],
    branches: [],
  },
  edited: { version: 1, steps: [step('a', 'Trigger', ['b']), step('b', 'Action', [])] },
  incomplete: {
    document: { version: 1, steps: [] },
    paths: ['steps', 'steps'],
    findings: [
      'steps: Add at least one step of type Trigger.',
      'steps: Add at least one step of type Action.',
    ],
  },
};
