import { ok } from 'neverthrow';
import type { PostgresDatabase, Query, Statement } from '../../drivers/database.js';
import { type DatabaseError, isDatabaseError } from '../../errors/database-error.js';
import { textIn } from '../../errors/driver-error.js';
import { isRefusal } from '../../errors/refusal.js';
import { type CompleteMapping, completeMapping } from '../../mapping/host-mapping.js';
import { type PostgresOptions, tablesIn } from '../../mapping/tables.js';
import { withClassifiedErrors } from '../../transactions/failures.js';
import type { LiveSchema } from '../live-schema.js';
import type { TrialRules } from './decisions.js';
import { explainFindings } from './explain-findings.js';
import { makeUpVersion } from './made-up-rows.js';
import { findVersions, readVersion, setUp } from './rows.js';
import { Interrupted, type TrialSession, trialSession, type VersionReference } from './session.js';
import { type TrialFinding, tryBuild } from './steps.js';

/** What came of a trial. */
export interface TrialReport {
  /** Everything that the host's schema refuses, each a sentence with its fix; `null`: the trial was not run to its end. */
  readonly mismatches: readonly string[] | null;
  /** Why not. */
  readonly advice: readonly string[];
}

/** Thrown in the transaction of a trial, which ends with it in any case. */
const ROLL_BACK = new Error('A trial is rolled back.');

/**
 * Nothing waits for long, neither the trial nor what waits for its rows: a server ends even the session of a process that
 * was stopped meanwhile. A lower limit of the role's own stays.
 */
const LIMITS: Statement = {
  name: 'wrk_builds_trial_limits',
  text: `
select pg_catalog.set_config(s.name, limits.ms::text, true)
  from (values ('lock_timeout', 250), ('statement_timeout', 2000), ('idle_in_transaction_session_timeout', 5000)) limits (name, ms)
  join pg_catalog.pg_settings s on s.name = limits.name
 where s.setting::int = 0 or s.setting::int > limits.ms`,
};

/**
 * Carries a made-up build through the host's own tables, with the library's own statements, in one transaction that is
 * rolled back. What the schema refuses is so found by the database itself.
 *
 * Rejects when the connection is lost.
 */
export async function runTrial(
  driver: PostgresDatabase,
  options: PostgresOptions,
  rules: TrialRules,
  live: LiveSchema,
): Promise<TrialReport> {
  const database = withClassifiedErrors(driver);
  const mapping = completeMapping(options.host);
  let report = notRun('its transaction was not begun');
  const work = async (query: Query) => {
    report = await tryOut(trialSession(database, tablesIn(options), query), mapping, rules, live);
    throw ROLL_BACK;
  };
  try {
    await database.transaction(work);
  } catch (problem) {
    if (problem !== ROLL_BACK) throw problem;
  }
  return report;
}

async function tryOut(
  session: TrialSession,
  mapping: CompleteMapping,
  rules: TrialRules,
  live: LiveSchema,
): Promise<TrialReport> {
  try {
    await session.query(LIMITS, []);
    const findings = await tryVersions(session, mapping, rules);
    const context = { mapping, checklist: rules.checklist, live };
    return { mismatches: await explainFindings(session.query, findings, context), advice: [] };
  } catch (problem) {
    if (problem instanceof Interrupted) return notRun(problem.message);
    // What the database refuses for now, such as a statement that took too long.
    if (isDatabaseError(problem) && isRefusal(problem)) return notRun(messageOf(problem));
    throw problem;
  }
}

/** How often each version is tried: who holds it may be another trial, which ends soon. */
const ROUNDS = 2;

/** The findings on the first version that nobody holds, or on one that is made up. */
async function tryVersions(
  session: TrialSession,
  mapping: CompleteMapping,
  rules: TrialRules,
): Promise<readonly TrialFinding[]> {
  const [start = ''] = rules.startableStatuses;
  const found = await session.attempt(() => findVersions(session, rules.startableStatuses));
  if (found.isErr()) return refusedRead(found.error);
  const { versions, areStartable } = found.value;
  const trials = versions.map((reference) => async () => {
    const moved = areStartable ? ok() : await session.attempt(() => setUp(session, reference, start));
    if (moved.isErr()) {
      const message = messageOf(moved.error);
      throw new Interrupted(
        `no version is where a build may start, and none can be moved to '${start}' (${message})`,
      );
    }
    return tryVersion(session, reference, rules);
  });
  let why = 'no version was found that has a project and was never built';
  for (const trial of Array.from({ length: ROUNDS }, () => trials).flat()) {
    try {
      const tried = await session.attempt(trial);
      return tried.isOk() ? tried.value : refusedRead(tried.error);
    } catch (problem) {
      if (!(problem instanceof Interrupted)) throw problem;
      why = problem.message;
    }
  }
  const madeUp = await session.attempt(() => makeUpVersion(session.query, mapping, start));
  if (madeUp.isErr()) throw new Interrupted(`${why}, and none could be made up (${messageOf(madeUp.error)})`);
  const tried = await session.attempt(() => tryVersion(session, madeUp.value, rules));
  return tried.isOk() ? tried.value : refusedRead(tried.error);
}

async function tryVersion(session: TrialSession, reference: VersionReference, rules: TrialRules) {
  const version = await readVersion(session, reference);
  if (!version) throw new Interrupted('a version is gone, or belongs to several projects');
  return tryBuild(session, version, rules);
}

/** What is only read is refused as well, where a condition or a policy of the host's fails. */
const refusedRead = (error: DatabaseError): readonly TrialFinding[] => [
  { kind: 'refused', during: 'a read', error },
];

/** What the server said. */
const messageOf = ({ cause, message }: DatabaseError) => textIn(cause, 'message') ?? message;

const notRun = (why: string): TrialReport => ({
  mismatches: null,
  advice: [`The trial of a build was not run to its end, since ${why}: verify the schema again later.`],
});
