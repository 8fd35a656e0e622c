import type { BuildDecision } from '../../../../core/build/decision.js';
import type { BuildFacts, CandidateFacts, ProjectFacts } from '../../../../core/build/facts.js';
import type { DatabaseError } from '../../errors/database-error.js';
import { checkRequested, type RequestFinding } from './checks.js';
import { TRIAL_OUTCOMES, type TrialRules, trialAuditEntries, trialItems, trialRequest } from './decisions.js';
import { HELD, Interrupted, type TrialSession, type VersionReference } from './session.js';

/** What was under way: `a request`. */
interface During {
  readonly during: string;
}

/** What a trial found. */
export type TrialFinding = During &
  (
    | { readonly kind: 'refused'; readonly error: DatabaseError }
    /** A row that may be read may not be locked, which row-level security does. */
    | { readonly kind: 'hidden'; readonly table: HostTable }
    | RequestFinding
  );

type HostTable = 'projects' | 'automationVersions' | 'quotes' | 'tasks';

/** The version that a trial is about, with its project. */
export interface TrialVersion {
  readonly version: VersionReference;
  readonly candidate: CandidateFacts;
  readonly project: ProjectFacts;
}

/**
 * Carries a build from its request to its end, in every way in which it may end. Each write goes on from what those before
 * it have left; the two that end in a workflow are taken back.
 */
export async function tryBuild(
  session: TrialSession,
  { version, candidate, project }: TrialVersion,
  rules: TrialRules,
): Promise<readonly TrialFinding[]> {
  const findings: TrialFinding[] = [];
  const write = async (during: string, decision: BuildDecision): Promise<boolean> => {
    const written = await session.commit(decision);
    if (written.isErr()) findings.push({ kind: 'refused', during, error: written.error });
    else if (written.value !== 'ok') findings.push(await whyNotWritten(session, during, decision));
    return written.isOk() && written.value === 'ok';
  };
  const step = async (during: string, work: () => Promise<void>) => {
    const done = await session.attempt(work);
    if (done.isErr()) findings.push({ kind: 'refused', during, error: done.error });
  };

  const requested = trialRequest(version, candidate, project, rules);
  if (await write('a request', requested)) {
    await step('a request', async () => {
      const items = trialItems(rules);
      findings.push(...(await checkRequested(session, { version, candidate, project, items })));
    });
    const { tenantId, bindingId } = requested;
    const outcome = async (during: string, decide: (build: BuildFacts) => BuildDecision | null) => {
      const build = await session.attempt(() => session.loadBuild({ tenantId, bindingId }));
      if (build.isErr()) return void findings.push({ kind: 'refused', during, error: build.error });
      const decision = build.value && decide(build.value);
      if (decision) await write(during, decision);
    };
    await session.takeBack(() => outcome('a completion', TRIAL_OUTCOMES.completion));
    await outcome('a failure', TRIAL_OUTCOMES.failure);
    await session.takeBack(() => outcome('an adoption', TRIAL_OUTCOMES.adoption));
    await outcome('a retry', TRIAL_OUTCOMES.retry);
    await outcome('a cancellation', (build) => TRIAL_OUTCOMES.cancellation(build, rules));
  }
  await step('a change of the checklist', async () => {
    await session.saveProgress({ tenantId: version.tenantId, projectId: project.id }, 100);
  });
  await step('an audit entry', () => session.append(trialAuditEntries(version)));
  return findings;
}

/**
 * Whether rows are hidden from locks, or held. Each lock is asked for on its own, for as long as the trial waits for any, and
 * given up before the next.
 */
async function whyNotWritten(
  { attempt, takeBack, query, waitFor }: TrialSession,
  during: string,
  { tenantId, automationVersionId, guard, setTasks }: BuildDecision,
): Promise<TrialFinding> {
  const locks = [
    { what: 'project', table: 'projects', id: guard.project?.id },
    { what: 'version', table: 'automationVersions', id: automationVersionId },
    { what: 'quote', table: 'quotes', id: guard.quote?.id },
    ...setTasks.map(({ taskId }) => ({ what: 'task', table: 'tasks', id: taskId }) as const),
  ] as const;
  for (const { what, table, id } of locks) {
    if (id === undefined) continue;
    let found = 0;
    const asked = await attempt(() =>
      takeBack(async () => {
        found = (await query(waitFor[what], [tenantId, id])).length;
      }),
    );
    if (asked.isErr()) return { kind: 'refused', during, error: asked.error };
    if (found === 0) return { kind: 'hidden', during, table };
  }
  throw new Interrupted(HELD);
}
