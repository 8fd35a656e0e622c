import * as z from 'zod';
import { callback, milliseconds, options, text, wholeNumber } from '../core/input/option-kinds.js';
import { readOptions } from '../core/input/read-options.js';
import type { BuildWatch } from './call-inputs.js';

/** The host's target: 95% of builds within five minutes. */
const OVERDUE_MS = 300_000;

/** Dead letters that are listed or redriven at once. */
const MAX_DEAD_LETTERS = 100;

const tenantId = text('give the id of a tenant');
const limit = wholeNumber('dead letters', 1, 10_000).default(MAX_DEAD_LETTERS);

const txSchema = options({ tx: z.unknown().optional() });
const projectSchema = options({ tenantId, projectId: text('give the id of a project') });
/** The schema of `HealthOptions`. */
export const healthSchema = options({ overdueMs: milliseconds(0).default(OVERDUE_MS) });
/** The schema of `DeadLettersInput`. */
export const deadLettersSchema = options({ tenantId, limit });
/** The schema of `RedriveInput`. */
export const redriveSchema = options({
  tenantId,
  limit,
  ids: z.array(text('give the id of a dead letter'), { error: 'give a list of ids' }).optional(),
});
/** The schema of `BuildWatch`. */
export const buildWatchSchema = options({
  tenantId,
  onChange: callback<BuildWatch['onChange']>(),
  onReload: callback<BuildWatch['onReload']>(),
});

/** Refuses options besides `tx` of a function that may join a transaction: a misspelt one would begin its own. */
export function checkTxOptions(name: string, given: unknown = {}): void {
  readOptions(name, txSchema, given);
}

/** Refuses a project that is named wrongly. Throws a TypeError that lists what is wrong. */
export function checkProject(given: unknown): void {
  readOptions('recordChecklistChange', projectSchema, given);
}

/** Reads the options of `health`. Throws a TypeError that lists what is wrong. */
export function readHealthOptions(given: unknown = {}) {
  return readOptions('health', healthSchema, given);
}

/** Reads whose dead letters are shown. Throws a TypeError that lists what is wrong. */
export function readDeadLetterQuery(given: unknown) {
  return readOptions('deadLetters', deadLettersSchema, given);
}

/** Reads which dead letters are redriven. Throws a TypeError that lists what is wrong. */
export function readRedrive(given: unknown) {
  return readOptions('redrive', redriveSchema, given);
}

/** Refuses a watch without a tenant or without listeners. Throws a TypeError that lists what is wrong. */
export function checkWatch(given: unknown): void {
  readOptions('watchBuilds', buildWatchSchema, given);
}
