import type { Complete } from '../core/input/complete.js';
import { inOrder, milliseconds, options, wholeNumber } from '../core/input/option-kinds.js';

/** How changes are looked for; see `WatchOptions`. */
export const watchSchema = options({
  intervalMs: milliseconds().default(2_000),
  overlapMs: milliseconds().default(10_000),
  maxChanges: wholeNumber('changes', 1, 100_000).default(1_000),
}).superRefine(inOrder('watch', 'intervalMs', 'overlapMs'));

/** How changes of builds are looked for while somebody watches. One look serves everyone who watches in this process. */
export interface WatchOptions {
  /**
   * From the end of a poll to the next one, in milliseconds, from 1 to 86,400,000 (1 day). What this process itself changes
   * is looked for after 100 ms.
   *
   * @default 2_000
   */
  readonly intervalMs?: number | undefined;
  /**
   * How far a poll goes back behind the one before, in milliseconds, from `intervalMs` to 86,400,000 (1 day). A change is
   * stamped when it is written and seen when it is committed; one that commits later than this after its stamp may be
   * missed.
   *
   * @default 10_000
   */
  readonly overlapMs?: number | undefined;
  /**
   * Changes of one tenant within `overlapMs` that are told one by one. A whole number from 1 to 100,000. Where more builds
   * change, those who watch reload.
   *
   * @default 1_000
   */
  readonly maxChanges?: number | undefined;
}

/** How changes are looked for, with all defaults. */
export type WatchPolicy = Complete<WatchOptions>;
