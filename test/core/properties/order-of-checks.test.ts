import { describe, expect, it } from 'vitest';
import type { CandidateFacts, RequestFacts } from '../../../src/core/build/facts.js';
import { decideRequestBuild } from '../../../src/core/request/decide-request-build.js';
import type { RequestBuildCommand } from '../../../src/core/request/request-build.js';
import {
  bindingFacts,
  candidateFacts,
  quoteFacts,
  REQUEST_POLICY,
  requestCommand,
  requestFacts,
  versionFacts,
} from '../support/request-facts.js';

interface Spoiled {
  facts: RequestFacts;
  command: RequestBuildCommand;
}

/** Makes one check fail, and leaves what the others look at alone. */
interface Spoiler {
  readonly check: string;
  readonly code: string;
  readonly spoil: (of: Spoiled) => Spoiled;
}

const candidateWith =
  (change: (candidate: CandidateFacts) => Partial<CandidateFacts>) =>
  ({ facts, command }: Spoiled): Spoiled => ({
    facts: {
      ...facts,
      candidates: facts.candidates.map((candidate) => candidateFacts({ ...candidate, ...change(candidate) })),
    },
    command,
  });

const commandWith =
  (change: Partial<RequestBuildCommand>) =>
  ({ facts, command }: Spoiled): Spoiled => ({ facts, command: { ...command, ...change } });

const REUSED_KEY: Spoiler = {
  check: 'the idempotency key',
  code: 'idempotency_key_reused',
  spoil: ({ facts, command }) => ({
    facts: {
      ...facts,
      storedAnswer: {
        bodyHash: 'hash of another body',
        answer: { bindingId: 'b', automationVersionId: 'v', projectId: 'p', run: 1 },
      },
    },
    command: { ...command, idempotency: { operation: 'request_build', key: 'key-1', bodyHash: 'hash' } },
  }),
};

const NOT_FOUND: Spoiler = {
  check: '1 (exists)',
  code: 'automation_version_not_found',
  spoil: ({ facts, command }) => ({ facts: { ...facts, candidates: [] }, command }),
};

const OWN_BUILD: Spoiler = {
  check: '2 (own binding)',
  code: 'build_already_in_progress',
  spoil: candidateWith(() => ({ binding: bindingFacts({ status: 'error' }) })),
};

const SIBLING: Spoiler = {
  check: '2 (sibling)',
  code: 'build_already_in_progress',
  spoil: candidateWith(() => ({ buildingSiblingIds: ['version-2'] })),
};

const BUILT: Spoiler = {
  check: '3 (built before)',
  code: 'version_already_built',
  spoil: candidateWith(() => ({
    binding: bindingFacts({ status: 'active', workflowId: 'wf-1', workflowUrl: 'https://wrk.example/wf-1' }),
  })),
};

const STATUS: Spoiler = {
  check: '4 (status)',
  code: 'invalid_status_transition',
  spoil: candidateWith(({ automationVersion }) => ({
    automationVersion: versionFacts({ ...automationVersion, status: 'Draft' }),
  })),
};

const HINTS: Spoiler = {
  check: '5 (hints)',
  code: 'concurrency_conflict',
  spoil: commandWith({ lastKnownUpdatedAt: 'long ago' }),
};

const PREREQUISITES: Spoiler = {
  check: '6 (prerequisites)',
  code: 'quote_not_signed',
  spoil: candidateWith(() => ({ quotes: [quoteFacts({ status: 'sent' })] })),
};

/** The table of checks, twice: a binding cannot be both `error` and `active`. */
const TABLES: readonly (readonly Spoiler[])[] = [
  [REUSED_KEY, SIBLING, BUILT, STATUS, HINTS, PREREQUISITES],
  [REUSED_KEY, OWN_BUILD, SIBLING, STATUS, HINTS, PREREQUISITES],
];

function subsetsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return items.reduce<readonly (readonly Item[])[]>(
    (subsets, item) => subsets.flatMap((subset) => [subset, [...subset, item]]),
    [[]],
  );
}

const decide = (spoilers: readonly Spoiler[]) => {
  // From the last to the first, so that no spoiler works only because another came before it.
  const { facts, command } = spoilers.reduceRight<Spoiled>((spoiled, { spoil }) => spoil(spoiled), {
    facts: requestFacts(),
    command: requestCommand(),
  });
  return decideRequestBuild(facts, command, REQUEST_POLICY, []);
};

const cases = TABLES.flatMap(subsetsOf).filter((subset) => subset.length > 0);

describe('the order of the checks', () => {
  it('accepts when none fails', () => {
    expect(decide([]).isOk()).toBe(true);
  });

  it.each(cases.map((subset) => ({ fail: subset.map(({ check }) => check).join(', '), subset })))(
    'lets the first answer that fails: $fail',
    ({ subset }) => {
      expect(decide(subset)._unsafeUnwrapErr().code).toBe(subset[0]?.code);
    },
  );

  it('looks for the version before everything but the idempotency key', () => {
    expect(decide([NOT_FOUND, HINTS])._unsafeUnwrapErr().code).toBe('automation_version_not_found');
    expect(decide([REUSED_KEY, NOT_FOUND, HINTS])._unsafeUnwrapErr().code).toBe('idempotency_key_reused');
  });
});
