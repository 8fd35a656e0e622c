/** A build that a limit has no capacity for is looked at again after so long: about as often as an idle worker looks. */
export const OVER_LIMIT_DELAY_MS = 1_000;

/** Claims in a row that may come to nothing but builds over a limit, before the next poll is waited for. */
const MAX_CLAIMS = 10;

/** What one claim came to. */
export interface ClaimCounts {
  /** Builds that were claimed, and messages that led to none. */
  readonly handedOut: number;
  /** Messages whose builds are over a limit. */
  readonly overLimit: number;
}

/** Whether to claim once more at once: builds over a limit may stand before others that are not. `claims` were made in a row. */
export function shouldClaimAgain({ handedOut, overLimit }: ClaimCounts, claims: number): boolean {
  return handedOut === 0 && overLimit > 0 && claims < MAX_CLAIMS;
}
