import type * as z from 'zod';
import { inOrder, milliseconds, options, wholeNumber } from '../core/input/option-kinds.js';

/** How changes are looked for; see `WatchOptions`. */
export const watchSchema = options({
  intervalMs: milliseconds().default(2_000),
  overlapMs: milliseconds().default(10_000),
  maxChanges: wholeNumber('changes', 1, 100_000).default(1_000),
}).superRefine(inOrder('watch', 'intervalMs', 'overlapMs'));

/**
 * How changes of builds are looked for while somebody watches. One look serves everyone who watches in this process.
 *
 * `intervalMs`: between the end of a poll and the next one, in milliseconds. Default 2,000. What this process itself changes
 * is looked for after 100 ms.
 *
 * `overlapMs`: how far a poll goes back behind the one before, in milliseconds. Default 10,000. A change is stamped when
 * it is written and seen when it is committed; one that commits later than this after its stamp may be missed.
 *
 * `maxChanges`: of one tenant within `overlapMs`. Default 1,000. Where more builds change, those who watch reload.
 */
export type WatchOptions = z.input<typeof watchSchema>;

/** How changes are looked for, with all defaults. */
export type WatchPolicy = z.output<typeof watchSchema>;
