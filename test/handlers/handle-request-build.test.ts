import { describe, expect, it } from 'vitest';
import type { BuildDecision, Verdict } from '../../src/core/build/decision.js';
import type { RequestFacts } from '../../src/core/build/facts.js';
import type { RequestBuildCommand } from '../../src/core/request/request-build.js';
import { costlyRequests } from '../../src/handlers/costly-requests.js';
import { type HostPrerequisite, handleRequestBuild } from '../../src/handlers/handle-request-build.js';
import type { RequestQuery } from '../../src/ports/repository.js';
import {
  candidateFacts,
  projectFacts,
  quoteFacts,
  REQUEST_POLICY,
  requestCommand,
  requestFacts,
  versionFacts,
} from '../core/support/request-facts.js';

interface Script {
  /** The facts of each load; the last stay. */
  readonly facts: readonly RequestFacts[];
  /** The verdict of each commit; the last stays. */
  readonly verdicts?: readonly Verdict[];
  readonly prerequisites?: readonly HostPrerequisite[];
  readonly command?: Partial<RequestBuildCommand>;
}

/** Handles one request with deps that go by the script, and keeps what it was asked. */
async function handle({ facts, verdicts = ['ok'], prerequisites = [], command = {} }: Script) {
  const loads: { readonly query: RequestQuery; readonly waitMs: number | null }[] = [];
  const commits: BuildDecision[] = [];
  const at = <T>(list: readonly T[], index: number): T => {
    const item = list[Math.min(index, list.length - 1)];
    if (item === undefined) throw new Error('The script is empty.');
    return item;
  };
  const outcome = await handleRequestBuild(requestCommand(command), {
    load: async (query, { waitMs }) => {
      loads.push({ query, waitMs });
      return at(facts, loads.length - 1);
    },
    commit: async (decision) => {
      commits.push(decision);
      return at(verdicts, commits.length - 1);
    },
    parseAhead: async <Facts>(facts: Facts) => facts,
    costly: costlyRequests(1),
    hostPrerequisites: prerequisites,
    policy: REQUEST_POLICY,
    lockWaitMs: 700,
  });
  return { outcome, loads, commits, waits: loads.map(({ waitMs }) => waitMs) };
}

const unsigned = requestFacts({ quotes: [quoteFacts({ status: 'draft' })] });
const moved = requestFacts({ automationVersion: versionFacts({ rowVersion: 'version row 2' }) });

describe('a request', () => {
  it('that nothing comes between is loaded, decided and committed once', async () => {
    const { outcome, loads, commits } = await handle({ facts: [requestFacts()] });
    expect(outcome._unsafeUnwrap()).toMatchObject({ kind: 'accepted', answer: { bindingId: 'binding-1' } });
    expect(loads).toEqual([
      {
        query: {
          tenantId: 'tenant-1',
          target: { automationVersionId: 'version-1' },
          idempotency: null,
          maxBlueprintBytes: 209_715,
        },
        waitMs: null,
      },
    ]);
    expect(commits.map(({ id }) => id)).toEqual(['decision-1']);
  });

  it('by project asks for the versions that may start', async () => {
    const { loads } = await handle({
      facts: [requestFacts()],
      command: { target: { projectId: 'project-1' } },
    });
    expect(loads[0]?.query.target).toEqual({
      projectId: 'project-1',
      startableStatuses: REQUEST_POLICY.startableStatuses,
    });
  });

  it('that is refused commits nothing', async () => {
    const { outcome, commits } = await handle({ facts: [unsigned] });
    expect(outcome._unsafeUnwrapErr().code).toBe('quote_not_signed');
    expect(commits).toEqual([]);
  });

  it('whose facts were gone at the commit is decided again on new ones, under the same ids', async () => {
    const { outcome, commits, waits } = await handle({
      facts: [requestFacts(), moved],
      verdicts: ['stale', 'ok'],
    });
    expect(outcome.isOk()).toBe(true);
    expect(commits.map(({ guard }) => guard.automationVersionRow)).toEqual([
      'version row 1',
      'version row 2',
    ]);
    expect(commits.map(({ id, bindingId }) => [id, bindingId])).toEqual([
      ['decision-1', 'binding-1'],
      ['decision-1', 'binding-1'],
    ]);
    expect(waits, 'nothing waits where nothing is held').toEqual([null, null]);
  });

  it('whose new facts do not allow it is refused by them', async () => {
    const { outcome, commits } = await handle({ facts: [requestFacts(), unsigned], verdicts: ['stale'] });
    expect(outcome._unsafeUnwrapErr().code).toBe('quote_not_signed');
    expect(commits).toHaveLength(1);
  });

  it('waits for rows that somebody holds, and only after they were found held', async () => {
    const { outcome, waits } = await handle({
      facts: [requestFacts()],
      verdicts: ['busy', 'stale', 'ok'],
    });
    expect(outcome.isOk()).toBe(true);
    expect(waits).toEqual([null, 700, null]);
  });

  it.each(['stale', 'busy', 'key_taken'] as const)(
    'that is %s three times is told to try again',
    async (verdict) => {
      const { outcome, loads, commits } = await handle({ facts: [requestFacts()], verdicts: [verdict] });
      expect(outcome._unsafeUnwrapErr()).toEqual({
        code: 'concurrency_conflict',
        message: expect.stringContaining('send the request again'),
        details: null,
      });
      expect([loads.length, commits.length]).toEqual([3, 3]);
    },
  );

  it('lets broken infrastructure out as a throw', async () => {
    const away = new Error('the database is away');
    const shell = {
      parseAhead: async <Facts>(facts: Facts) => facts,
      costly: costlyRequests(1),
      hostPrerequisites: [],
      policy: REQUEST_POLICY,
      lockWaitMs: 1,
    };
    const load = async () => requestFacts();
    const fails = async () => {
      throw away;
    };
    const commit = async () => 'ok' as const;
    await expect(handleRequestBuild(requestCommand(), { ...shell, load: fails, commit })).rejects.toBe(away);
    await expect(handleRequestBuild(requestCommand(), { ...shell, load, commit: fails })).rejects.toBe(away);
  });
});

describe('a request under an idempotency key', () => {
  const idempotency = { operation: 'request_build', key: 'key-1', bodyHash: 'hash-1' };
  const answer = { bindingId: 'first', automationVersionId: 'version-1', projectId: 'project-1', run: 1 };
  const answered = requestFacts({}, { storedAnswer: { bodyHash: 'hash-1', answer } });

  it('that was accepted before gets the first answer, and nothing is written', async () => {
    const { outcome, commits, loads } = await handle({ facts: [answered], command: { idempotency } });
    expect(outcome._unsafeUnwrap()).toEqual({ kind: 'replayed', answer });
    expect(commits).toEqual([]);
    expect(loads[0]?.query.idempotency).toEqual(idempotency);
  });

  it('whose twin was accepted at the same moment gets the answer of the twin', async () => {
    const { outcome, commits } = await handle({
      facts: [requestFacts(), answered],
      verdicts: ['key_taken'],
      command: { idempotency },
    });
    expect(outcome._unsafeUnwrap()).toEqual({ kind: 'replayed', answer });
    expect(commits).toHaveLength(1);
  });

  it('that was used for something else is refused, and nothing is written', async () => {
    const { outcome, commits } = await handle({
      facts: [answered],
      command: { idempotency: { ...idempotency, bodyHash: 'hash-2' } },
    });
    expect(outcome._unsafeUnwrapErr().code).toBe('idempotency_key_reused');
    expect(commits).toEqual([]);
  });
});

describe("the host's own prerequisites", () => {
  const unmet =
    (prerequisite: string): HostPrerequisite =>
    async () => [{ prerequisite, message: `See to ${prerequisite}.` }];
  const met: HostPrerequisite = async () => [];

  it('are asked about the version and its project, before each decision', async () => {
    const asked: unknown[] = [];
    const ask: HostPrerequisite = async (build) => {
      asked.push(build);
      return [];
    };
    await handle({ facts: [requestFacts()], verdicts: ['stale', 'ok'], prerequisites: [ask] });
    const about = { tenantId: 'tenant-1', automationVersionId: 'version-1', projectIds: ['project-1'] };
    expect(asked).toEqual([about, about]);
  });

  it('are all listed where they are not met, beside what the library itself misses', async () => {
    const { outcome, commits } = await handle({
      facts: [unsigned],
      prerequisites: [unmet('contract'), met, unmet('budget')],
    });
    expect(outcome._unsafeUnwrapErr()).toMatchObject({
      code: 'missing_prerequisites',
      details: {
        missing: [
          { code: 'quote_not_signed' },
          { code: 'host_prerequisite', prerequisite: 'contract', message: 'See to contract.' },
          { code: 'host_prerequisite', prerequisite: 'budget', message: 'See to budget.' },
        ],
      },
    });
    expect(commits).toEqual([]);
  });

  it('that are not met any more when the request is decided again refuse it', async () => {
    let times = 0;
    const once: HostPrerequisite = async () =>
      ++times === 1 ? [] : [{ prerequisite: 'budget', message: 'It was spent meanwhile.' }];
    const { outcome } = await handle({ facts: [requestFacts()], verdicts: ['stale'], prerequisites: [once] });
    expect(outcome._unsafeUnwrapErr().code).toBe('missing_prerequisites');
  });

  it('are asked of the one version that a project means, and not while it is unclear which that is', async () => {
    const asked: string[] = [];
    const ask: HostPrerequisite = async ({ automationVersionId }) => {
      asked.push(automationVersionId);
      return [];
    };
    const command = { target: { projectId: 'project-1' } };
    const other = candidateFacts({ automationVersion: versionFacts({ id: 'version-2' }) });
    const several = requestFacts({}, { candidates: [candidateFacts(), other] });
    const none = requestFacts({}, { candidates: [] });
    await handle({ facts: [several], prerequisites: [ask], command });
    await handle({ facts: [none], prerequisites: [ask], command });
    expect(asked).toEqual([]);
    await handle({ facts: [requestFacts({}, { candidates: [other] })], prerequisites: [ask], command });
    expect(asked).toEqual(['version-2']);
  });

  it('are told of every project where the version hangs on several', async () => {
    const asked: (readonly string[])[] = [];
    const ask: HostPrerequisite = async ({ projectIds }) => {
      asked.push(projectIds);
      return [];
    };
    const projects = [projectFacts(), projectFacts({ id: 'project-2' })];
    await handle({ facts: [requestFacts({ projects })], prerequisites: [ask] });
    expect(asked).toEqual([['project-1', 'project-2']]);
  });
});
