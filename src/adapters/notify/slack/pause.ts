/** The webhooks that this process is rate limited on. */
export interface Pause {
  /** How long a webhook is still paused, in milliseconds; 0 if it may be called. */
  readonly leftFor: (webhook: string) => number;
  /** Pauses a webhook for the given milliseconds. Never shortens a pause. */
  readonly begin: (webhook: string, ms: number) => void;
}

/** `now` is a monotonic clock in milliseconds. */
export function createPause(now: () => number = () => performance.now()): Pause {
  const until = new Map<string, number>();
  return {
    leftFor: (webhook) => {
      const left = Math.ceil((until.get(webhook) ?? 0) - now());
      if (left <= 0) until.delete(webhook);
      return Math.max(left, 0);
    },
    begin: (webhook, ms) => {
      until.set(webhook, Math.max(until.get(webhook) ?? 0, now() + ms));
    },
  };
}
