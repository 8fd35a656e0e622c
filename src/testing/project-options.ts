import { options, text, wholeNumber } from '../core/input/option-kinds.js';
import { readOptions } from '../core/input/read-options.js';

const projectSchema = options({
  name: text().optional(),
  tenantId: text('give the id of a tenant').optional(),
  versions: wholeNumber('versions', 1, 1_000).optional(),
});

/** Refuses options that `buildableProject` cannot use. Throws a TypeError that lists what is wrong. */
export function checkProjectOptions(given: unknown): void {
  readOptions('buildableProject', projectSchema, given);
}
