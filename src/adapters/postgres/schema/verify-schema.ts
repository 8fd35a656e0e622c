import { DEFAULT_STARTABLE_STATUSES } from '../../../core/build/statuses.js';
import type { PostgresDatabase } from '../drivers/database.js';
import { compareSchema } from './compare-schema.js';
import { type LiveSchema, readLiveSchema } from './live-schema.js';
import { tableNeeds } from './table-needs.js';
import { runTrial } from './trial/run-trial.js';
import { checkVerification, type VerifyOptions } from './verify-options.js';
import { checklistFor } from './written-values.js';

/** The result of comparing a database with what the library needs. */
export interface SchemaReport {
  /** Problems that keep the library from working, each with its fix. Empty if there are none. */
  readonly mismatches: readonly string[];
  /** Possible improvements, each with its fix; and why the trial was not run, if it should have been. */
  readonly advice: readonly string[];
  /**
   * What came of the trial: `passed`, or `failed` with its `mismatches`. `not_run`: it was not asked for, something else has
   * to be fixed first, or it is in `advice` why.
   */
  readonly trial: 'passed' | 'failed' | 'not_run';
}

/**
 * Compares the mapping with the live database and lists every mismatch: tables, columns, types, labels, foreign keys, unique
 * indexes, row-level security, privileges and session settings of the role, and missing migrations. It reads the catalog and
 * the table of migrations, in two statements.
 *
 * Once nothing of this is wrong, it tries a build: request, completion, failure, retry, adoption, cancellation and a change of
 * the checklist run through the host's own tables, with the library's own statements, in one transaction that is rolled back.
 * What a constraint, a trigger or a policy refuses is so named before the first build. The trial uses a version that was never
 * built, holds its rows for about a tenth of a second, waits for no lock for more than a quarter, and leaves nothing but the
 * values that sequences have given.
 *
 * Rejects when the database cannot be reached, and with a `TypeError` that lists every invalid option.
 *
 * @example
 * ```ts
 * import { nodePostgres, verifySchema } from 'wrk-builds/postgres';
 *
 * const { mismatches } = await verifySchema(nodePostgres(pool), { host });
 * if (mismatches.length > 0) throw new Error(mismatches.join('\n'));
 * ```
 */
export async function verifySchema(
  database: PostgresDatabase,
  options: VerifyOptions = {},
): Promise<SchemaReport> {
  checkVerification(database, options);
  const { startableStatuses = null, trial: wanted } = options;
  const { checklist, advice: ofChecklist } = checklistFor(options.checklist);
  const live = await readLiveSchema(database.query, tableNeeds(options));
  const compared = await compareSchema(database, { options, startableStatuses, checklist }, live);
  const { mismatches } = compared;
  const advice = [...compared.advice, ...ofChecklist];
  if (mismatches.length > 0 || wanted === false) return { mismatches, advice, trial: 'not_run' };

  const outside = outsideTriggers(live);
  if (outside.length > 0 && wanted !== true) {
    const why = `No trial of a build was run, since the trigger ${outside.join(', ')} may do something outside of the database: if that may happen for a build that is not real, verify with \`trial: true\`.`;
    return { mismatches, advice: [...advice, why], trial: 'not_run' };
  }
  const rules = { startableStatuses: startableStatuses ?? DEFAULT_STARTABLE_STATUSES, checklist };
  const trial = await runTrial(database, options, rules, live);
  const found = trial.mismatches ?? [];
  const state = found.length > 0 ? 'failed' : 'passed';
  return {
    mismatches: found,
    advice: [...advice, ...trial.advice],
    trial: trial.mismatches === null ? 'not_run' : state,
  };
}

const outsideTriggers = ({ tables }: LiveSchema) =>
  tables.flatMap(({ schema, table, outsideTriggers: names }) =>
    names.map((name) => `${name} of ${schema}.${table}`),
  );
