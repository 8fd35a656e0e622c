import * as z from 'zod';

/** No timer and no deadline of a host is longer than a day. */
const ms = z.int().min(1).max(86_400_000);

const watchSchema = z
  .strictObject({
    intervalMs: ms.default(2_000),
    overlapMs: ms.default(10_000),
    maxChanges: z.int().min(1).max(100_000).default(1_000),
  })
  .refine(({ intervalMs, overlapMs }) => overlapMs >= intervalMs, {
    path: ['overlapMs'],
    message: 'must not be less than watch.intervalMs',
  });

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

/** How changes are looked for; see `WatchOptions`. */
export type WatchPolicy = z.output<typeof watchSchema>;

/** Reads the options. Throws a TypeError that lists what is wrong. */
export function readWatchOptions(options: WatchOptions | undefined): WatchPolicy {
  const parsed = watchSchema.safeParse(options ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `watch.${path.join('.')}: ${message}`);
  throw new TypeError(`Builds cannot be watched so: ${problems.join('; ')}.`);
}
