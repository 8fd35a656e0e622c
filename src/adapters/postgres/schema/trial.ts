import type { PostgresDatabase, Query, Statement } from '../drivers/database.js';
import { isDatabaseError } from '../errors/database-error.js';
import { isRefusal } from '../errors/refusal.js';
import { completeMapping } from '../mapping/host-mapping.js';
import { type PostgresOptions, tablesIn } from '../mapping/tables.js';
import { withClassifiedErrors } from '../transactions/failures.js';
import { explainFindings } from './explain-findings.js';
import type { LiveSchema } from './live-schema.js';
import { startableOf, type TrialRules } from './trial-decisions.js';
import { findVersions, readVersion, setUp } from './trial-rows.js';
import { type TrialSession, trialSession } from './trial-session.js';
import { Interrupted, type TrialFinding, tryBuild } from './trial-steps.js';

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
  from (values ('lock_timeout', 250), ('statement_timeout', 1000), ('idle_in_transaction_session_timeout', 5000)) limits (name, ms)
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
  let report = notRun('nothing came of it');
  const work = async (query: Query) => {
    report = await tryOut(trialSession(database, tablesIn(options), query), options, rules, live);
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
  options: PostgresOptions,
  rules: TrialRules,
  live: LiveSchema,
): Promise<TrialReport> {
  try {
    await session.query(LIMITS, []);
    const findings = await tryVersions(session, rules);
    if (typeof findings === 'string') return notRun(findings);
    const context = { mapping: completeMapping(options.host), checklist: rules.checklist, live };
    return { mismatches: await explainFindings(session.query, findings, context), advice: [] };
  } catch (problem) {
    if (problem instanceof Interrupted) return notRun(problem.message);
    // What the database refuses for now, such as a lock that took too long.
    if (isDatabaseError(problem) && isRefusal(problem)) return notRun(problem.message);
    throw problem;
  }
}

/** The findings on the first version that nobody holds; or why there is none. */
async function tryVersions(
  session: TrialSession,
  rules: TrialRules,
): Promise<readonly TrialFinding[] | string> {
  const [start = ''] = startableOf(rules);
  const { versions, areStartable } = await findVersions(session, startableOf(rules));
  let why = 'no version was found that has a project and was never built';
  for (const row of versions) {
    try {
      if (!areStartable) {
        const moved = await session.attempt(() => setUp(session, row, start));
        if (moved.isErr()) {
          why = `no version is where a build may start, and none can be moved to '${start}' (${moved.error.message})`;
          continue;
        }
      }
      const version = await readVersion(session, row);
      if (version) return await tryBuild(session, version, rules);
      why = 'every version that was found belongs to several projects';
    } catch (problem) {
      if (!(problem instanceof Interrupted)) throw problem;
      why = problem.message;
    }
  }
  return why;
}

const notRun = (why: string): TrialReport => ({
  mismatches: null,
  advice: [`The trial of a build was not run to its end: ${why}. Verify the schema again.`],
});
