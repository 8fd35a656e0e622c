import type { Runtime } from '../../../runtime/runtime.js';

/** Places that want to be left alone for a while, as this process knows them. */
export interface Pause {
  /** How long a webhook is still paused, in milliseconds; 0 if it may be called. */
  readonly leftFor: (webhook: string) => number;
  /** Pauses a webhook for the given milliseconds. Never shortens a pause. */
  readonly begin: (webhook: string, ms: number) => void;
}

/** Counts on the monotonic clock. */
export function createPause({ monotonicMs }: Pick<Runtime, 'monotonicMs'>): Pause {
  const until = new Map<string, number>();
  return {
    leftFor: (webhook) => {
      const left = Math.ceil((until.get(webhook) ?? 0) - monotonicMs());
      if (left <= 0) until.delete(webhook);
      return Math.max(left, 0);
    },
    begin: (webhook, ms) => {
      until.set(webhook, Math.max(until.get(webhook) ?? 0, monotonicMs() + ms));
    },
  };
}
