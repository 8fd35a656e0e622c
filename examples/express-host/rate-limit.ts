/** Counts one more under a key: `null` lets it pass, else the seconds to wait. */
export type RateLimit = (key: string) => number | null;

/**
 * So many to a key in each period, for the keys of this process. Several hosts count each for themselves: where that
 * matters, count in a store that they share.
 */
export function createRateLimit(
  most: number,
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
    return count <= most ? null : Math.ceil((endsAt - at) / 1_000);
  };
}
