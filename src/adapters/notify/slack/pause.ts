/** Places that want to be left alone for a while, as this process knows them. */
export interface Pause {
  /** Milliseconds that are left for a place; 0: it may be asked. */
  readonly leftFor: (place: string) => number;
  /** Leaves a place alone for so many milliseconds; never for less than before. */
  readonly begin: (place: string, ms: number) => void;
}

/** `now` is a monotonic clock in milliseconds. */
export function createPause(now: () => number = () => performance.now()): Pause {
  const until = new Map<string, number>();
  return {
    leftFor: (place) => {
      const left = Math.ceil((until.get(place) ?? 0) - now());
      if (left <= 0) until.delete(place);
      return Math.max(left, 0);
    },
    begin: (place, ms) => {
      until.set(place, Math.max(until.get(place) ?? 0, now() + ms));
    },
  };
}
