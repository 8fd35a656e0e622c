/** Counts one request under a key. Returns `null` when it may pass, else the seconds to wait. */
export type RateLimit = (key: string) => number | null;

/**
 * Allows `maxCount` requests per key and period, counted in this process. With several hosts, each counts for itself: use a shared
 * store where that matters.
 */
export function createRateLimit(
  maxCount: number,
  periodMs: number,
  now: () => number = performance.now.bind(performance),
): RateLimit {
  let counts = new Map<string, number>();
  let endsAt = 0;
  return (key) => {
    const at = now();
    if (at >= endsAt) {
      counts = new Map();
      endsAt = at + periodMs;
    }
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= maxCount ? null : Math.ceil((endsAt - at) / 1_000);
  };
}
