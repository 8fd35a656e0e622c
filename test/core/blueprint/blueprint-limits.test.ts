import { err, ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import {
  type BlueprintLimits,
  DEFAULT_BLUEPRINT_LIMITS,
} from '../../../src/core/blueprint/blueprint-limits.js';
import { type BlueprintPolicy, graphBlueprint } from '../../../src/core/blueprint/blueprint-policy.js';
import { parseAhead, readBlueprint } from '../../../src/core/blueprint/read-blueprint.js';
import { stepsBlueprint } from '../../../src/core/blueprint/steps-policy.js';
import { versionFacts } from '../support/request-facts.js';

const read = (document: unknown, policy: BlueprintPolicy, limits: Partial<BlueprintLimits> = {}) => {
  const blueprintJson = typeof document === 'string' ? document : JSON.stringify(document);
  const version = { blueprintJson, blueprintBytes: Buffer.byteLength(blueprintJson) };
  return readBlueprint(version, policy, { ...DEFAULT_BLUEPRINT_LIMITS, ...limits });
};

const messages = (...given: Parameters<typeof read>) =>
  read(...given)
    ._unsafeUnwrapErr()
    .findings.map(({ path, message }) => `${path} ${message}`.trim());

const refusal = (found: number, what: string, limit: number, option: string) =>
  `There are ${found} ${what}, and at most ${limit} are allowed: make the blueprint smaller, or have the option blueprintLimits.${option} raised.`;

/** A ring of nodes, each with its systems. */
const graph = (nodes: number, systems: readonly string[] = []) => ({
  nodes: Array.from({ length: nodes }, (_, n) => ({ id: `n${n}`, systems })),
  edges: Array.from({ length: nodes }, (_, n) => ({ source: `n${n}`, target: `n${(n + 1) % nodes}` })),
});

const steps = (count: number) => ({
  steps: Array.from({ length: count }, (_, n) => ({
    id: `s${n}`,
    type: n === 0 ? 'Trigger' : 'Action',
    nextStepIds: [`s${(n + 1) % count}`],
  })),
});

const OWN: BlueprintPolicy = () => ok({ systems: [] });
const POLICIES: readonly (readonly [string, BlueprintPolicy, unknown])[] = [
  ['graphBlueprint', graphBlueprint, graph(3)],
  ['stepsBlueprint', stepsBlueprint, steps(3)],
  ['a policy of the host', OWN, { anything: [1, 2, 3] }],
];

describe.each(POLICIES)('B1 a blueprint over a limit, with %s,', (_, policy, document) => {
  const json = JSON.stringify(document);

  it('is refused by its bytes, and nobody reads it', () => {
    expect(read(document, policy, { bytes: json.length }).isOk()).toBe(true);
    const asked: BlueprintPolicy = () => {
      throw new Error('The policy was asked.');
    };
    const bytes = json.length - 1;
    expect(messages(document, asked, { bytes })).toEqual([refusal(json.length, 'bytes', bytes, 'bytes')]);
  });

  it('is refused by its bytes where the storage did not read its text', () => {
    const unread = { blueprintJson: null, blueprintBytes: 3_000_000 };
    const { findings } = readBlueprint(unread, policy, DEFAULT_BLUEPRINT_LIMITS)._unsafeUnwrapErr();
    expect(findings).toEqual([{ path: '', message: refusal(3_000_000, 'bytes', 2_097_152, 'bytes') }]);
  });

  it('is refused by its depth, and a million levels overflow no stack', () => {
    const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    expect(messages(deep, policy, { values: 2_000_000 })).toEqual([
      refusal(1_000_000, 'levels of lists and objects', 100, 'depth'),
    ]);
  });

  it('is refused by its values and keys, brackets in texts aside', () => {
    expect(messages(`{"a":"[[{,:\\"[\\\\","b":[1,2]}`, policy, { values: 5 })).toEqual([
      refusal(6, 'values and keys', 5, 'values'),
    ]);
  });

  it('keeps the first findings of many, with the number of all and their texts cut', () => {
    const many = Array.from({ length: 250 }, (_, n) => ({
      path: 'x'.repeat(300),
      message: `${n}`.repeat(900),
    }));
    const found = read(document, () => err(many))._unsafeUnwrapErr();
    expect(found).toMatchObject({ findingsInAll: 250 });
    expect(found.findings).toHaveLength(100);
    expect(found.findings[7]?.message).toBe(`${'7'.repeat(499)}…`);
    expect(found.findings[7]?.path).toHaveLength(200);
  });

  it('is refused by its systems', () => {
    const named: BlueprintPolicy = () => ok({ systems: ['Slack', 'Jira', 'Gmail'] });
    expect(messages(document, named, { systems: 2 })).toEqual([refusal(3, 'systems', 2, 'systems')]);
    expect(read(document, named, { systems: 3 }).isOk()).toBe(true);
  });
});

describe('B1 what a policy of the library is asked to look at', () => {
  it('is refused by nodes and edges, each at its list', () => {
    expect(read(graph(4), graphBlueprint, { nodes: 4, edges: 4 }).isOk()).toBe(true);
    expect(messages(graph(5), graphBlueprint, { nodes: 4, edges: 4 })).toEqual([
      `nodes ${refusal(5, 'nodes', 4, 'nodes')}`,
      `edges ${refusal(5, 'edges', 4, 'edges')}`,
    ]);
  });

  it('is refused by steps and by what leads from one to another', () => {
    const branched = { ...steps(4), branches: [{ parentStepId: 's0', targetStepId: 's2' }] };
    expect(read(branched, stepsBlueprint, { nodes: 4, edges: 5 }).isOk()).toBe(true);
    expect(messages(branched, stepsBlueprint, { nodes: 3, edges: 4 })).toEqual([
      `steps ${refusal(4, 'steps', 3, 'nodes')}`,
      refusal(5, 'branches and next steps', 4, 'edges'),
    ]);
    expect(messages({ branches: [1, 2] }, stepsBlueprint, { edges: 1 })).toEqual([
      refusal(2, 'branches and next steps', 1, 'edges'),
    ]);
  });

  it.each([
    ['graphBlueprint', graphBlueprint, { nodes: [{ id: 'a', systems: Array(20_000).fill(0) }], edges: [] }],
    ['graphBlueprint', graphBlueprint, { nodes: Array(20_000).fill(0), edges: [] }],
    ['graphBlueprint', graphBlueprint, { nodes: Array(20_000).fill({}), edges: [] }],
    ['stepsBlueprint', stepsBlueprint, { steps: [{ systemsInvolved: Array(20_000).fill(0) }] }],
  ])('is read only until there are 10,000 findings (%s, %#)', (_, policy, document) => {
    const found = read(document, policy, { nodes: 20_000 })._unsafeUnwrapErr();
    expect(found.findings).toHaveLength(100);
    expect(found.findingsInAll).toBeGreaterThanOrEqual(10_000);
    expect(found.findingsInAll).toBeLessThan(10_100);
  });
});

describe('B1 a long blueprint that is parsed ahead', () => {
  const version = (json: string | null) =>
    versionFacts({ blueprintJson: json, blueprintBytes: json?.length ?? 3_000_000 });
  const ahead = (json: string | null, limits: Partial<BlueprintLimits> = {}) => {
    const parsing = parseAhead(
      { automationVersion: version(json) },
      { ...DEFAULT_BLUEPRINT_LIMITS, ...limits },
    );
    for (let pauses = 0; ; pauses += 1) {
      const { done, value } = parsing.next();
      if (done) return { pauses, automationVersion: value.automationVersion };
    }
  };
  const long = JSON.stringify(graph(2_000));

  it('is decided as one that was not', () => {
    const { pauses, automationVersion } = ahead(long);
    expect(pauses).toBeGreaterThan(10);
    expect(automationVersion.blueprint).toEqual({ document: JSON.parse(long) });
    const readIt = (facts: typeof automationVersion) =>
      readBlueprint(facts, graphBlueprint, DEFAULT_BLUEPRINT_LIMITS);
    expect(readIt(automationVersion)).toEqual(readIt(version(long)));
    expect(
      readIt({ ...automationVersion, blueprint: { document: {} } }).isErr(),
      'it is not read again',
    ).toBe(true);
  });

  it.each<[string, string | null, Partial<BlueprintLimits>]>([
    ['it was not read', null, {}],
    ['it is short', JSON.stringify(graph(100)), {}],
    ['it has too many bytes', long, { bytes: 1_000 }],
    ['it is too deep', long, { depth: 1 }],
    ['it has too many values', long, { values: 1_000 }],
    ['it is not JSON', `${long}]`, {}],
  ])('is left to the decision where %s', (_, json, limits) => {
    expect(ahead(json, limits).automationVersion).toEqual(version(json));
  });

  it('is none where there is no version', () => {
    expect(parseAhead({ automationVersion: null }, DEFAULT_BLUEPRINT_LIMITS).next()).toEqual({
      done: true,
      value: { automationVersion: null },
    });
  });
});
