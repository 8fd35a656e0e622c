/**
 * How long one decision about a request takes, by the size of the blueprint.
 *
 * Run with `npx tsx bench/decide-request-build.ts`. Prints the median of several runs for each size: a decision reads
 * the stored text, checks every node and edge, and makes the checklist, so its time should grow with the nodes and
 * the time for each node should stay about the same.
 */

import { DEFAULT_BLUEPRINT_LIMITS } from '../src/core/blueprint/blueprint-limits.js';
import { graphBlueprint } from '../src/core/blueprint/blueprint-policy.js';
import { defaultChecklist } from '../src/core/blueprint/checklist.js';
import type { RequestFacts } from '../src/core/build/facts.js';
import { DEFAULT_STARTABLE_STATUSES } from '../src/core/build/statuses.js';
import { decideRequestBuild } from '../src/core/request/decide-request-build.js';
import type { RequestBuildCommand, RequestBuildPolicy } from '../src/core/request/request-build.js';

const SIZES = [10, 1_000, 100_000];
const RUNS = 15;
/** A run decides so often that it lasts about this long: shorter ones would measure the clock. */
const RUN_MS = 100;

/** The bench wants to see how time grows, so nothing is refused. */
const UNLIMITED = {
  ...DEFAULT_BLUEPRINT_LIMITS,
  bytes: Number.MAX_SAFE_INTEGER,
  values: Number.MAX_SAFE_INTEGER,
  nodes: Number.MAX_SAFE_INTEGER,
  edges: Number.MAX_SAFE_INTEGER,
};

const policy: RequestBuildPolicy = {
  startableStatuses: DEFAULT_STARTABLE_STATUSES,
  blueprint: graphBlueprint,
  blueprintLimits: UNLIMITED,
  checklist: defaultChecklist,
  orchestration: 'automatic',
  channels: { slack: true },
};

const command: RequestBuildCommand = {
  tenantId: 'tenant',
  trigger: 'patch_status',
  target: { automationVersionId: 'version' },
  userId: 'user',
  assigneeId: null,
  requestId: 'request',
  priority: 0,
  lastKnownStatus: null,
  lastKnownUpdatedAt: null,
  lastKnownRowVersion: null,
  idempotency: { operation: 'request_build', key: 'key', bodyHash: 'hash' },
  decisionId: 'decision',
  newBindingId: 'binding',
};

/** A chain of nodes with a loop back, over two systems. */
function blueprintOf(nodes: number): string {
  const ids = Array.from({ length: nodes }, (_, index) => `n${index}`);
  return JSON.stringify({
    nodes: ids.map((id, index) => ({
      id,
      type: index === 0 ? 'trigger' : 'action',
      name: `Step ${index}`,
      systems: [index % 2 === 0 ? 'Salesforce' : 'NetSuite'],
    })),
    edges: ids.map((id, index) => ({ source: id, target: ids[(index + 1) % nodes] })),
  });
}

function factsWith(blueprintJson: string): RequestFacts {
  return {
    storedAnswer: null,
    candidates: [
      {
        automationVersion: {
          id: 'version',
          automationId: 'automation',
          automationName: 'Invoices to ledger',
          status: 'Ready for Build',
          updatedAt: '2031-04-05 06:07:08.123456+00',
          blueprintJson,
          blueprintBytes: Buffer.byteLength(blueprintJson),
          rowVersion: '1',
        },
        projects: [{ id: 'project', name: 'Finance', status: 'Ready for Build', rowVersion: '1' }],
        quotes: [{ id: 'quote', status: 'signed', expired: false, rowVersion: '1' }],
        binding: null,
        buildingSiblingIds: [],
        openBlockers: [],
        checklist: [],
      },
    ],
    buildingVersionId: null,
  };
}

/** Milliseconds that one of `times` decisions takes. */
function time(facts: RequestFacts, times: number): number {
  const startedAt = performance.now();
  for (let made = 0; made < times; made += 1) {
    const decided = decideRequestBuild(facts, command, policy, []);
    if (decided.isErr()) throw new Error(`The request was refused: ${decided.error.code}.`);
  }
  return (performance.now() - startedAt) / times;
}

function median(values: readonly number[]): number {
  const middle = values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new Error('There is no median of nothing.');
  return middle;
}

const results = SIZES.map((nodes) => {
  const blueprint = blueprintOf(nodes);
  const facts = factsWith(blueprint);
  // Warmed up until the time of one decision is known well enough to fill a run.
  const warmUp = time(facts, 1);
  const times = Math.max(
    1,
    Math.round(RUN_MS / Math.max(time(facts, Math.max(1, Math.round(RUN_MS / warmUp))), 0.001)),
  );
  const milliseconds = median(Array.from({ length: RUNS }, () => time(facts, times)));
  return {
    nodes,
    'blueprint kB': Number((blueprint.length / 1_000).toFixed(1)),
    'decisions each run': times,
    'ms for a decision': Number(milliseconds.toPrecision(3)),
    'ns for a node': Math.round((milliseconds * 1e6) / nodes),
  };
});

console.log(`decideRequestBuild on Node ${process.versions.node}: median of ${RUNS} runs`);
console.table(results);
