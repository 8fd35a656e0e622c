import * as z from 'zod';
import type { ChecklistPolicy } from '../../../core/blueprint/checklist.js';
import { callback, flag, options, text } from '../../../core/input/option-kinds.js';
import { readOptions } from '../../../core/input/read-options.js';
import type { HostRules } from '../../../ports/host-schema.js';
import type { PostgresDatabase } from '../drivers/database.js';
import { database, postgresShape } from '../mapping/read-options.js';
import type { PostgresOptions } from '../mapping/tables.js';

/** What a schema is verified for: the rules as `createBuilds` has them. */
export interface VerifyOptions extends PostgresOptions, HostRules {
  /**
   * Whether a made-up build is carried through the host's tables, in a transaction that is rolled back, once nothing else is
   * wrong. It leaves no row and sends no notification; sequences advance. What a trigger does outside of the database is not
   * taken back, and happens.
   *
   * @default true, unless a trigger on these tables seems to reach outside of the database
   */
  readonly trial?: boolean | undefined;
}

const verification = options({
  database,
  options: options({
    ...postgresShape,
    startableStatuses: z
      .array(text('give a status as text'), { error: 'give a list of statuses' })
      .min(1, { error: 'give at least one status' })
      .optional(),
    checklist: callback<ChecklistPolicy>().optional(),
    trial: flag().optional(),
  }),
});

/** Refuses what `verifySchema` cannot use. Throws a TypeError that lists what is wrong. */
export function checkVerification(given: PostgresDatabase, chosen: VerifyOptions): void {
  readOptions('verifySchema', verification, { database: given, options: chosen });
}
