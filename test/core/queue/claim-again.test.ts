import { describe, expect, it } from 'vitest';
import { shouldClaimAgain } from '../../../src/core/queue/claim-again.js';

describe('another claim at once', () => {
  it('follows one that came to nothing but builds over a limit', () => {
    expect(shouldClaimAgain({ handedOut: 0, overLimit: 1 }, 1)).toBe(true);
  });

  it.each([
    { handedOut: 1, overLimit: 1 },
    { handedOut: 0, overLimit: 0 },
  ])('follows no other: %j', (counts) => {
    expect(shouldClaimAgain(counts, 1)).toBe(false);
  });

  it('is the tenth in a row at most', () => {
    expect(shouldClaimAgain({ handedOut: 0, overLimit: 1 }, 9)).toBe(true);
    expect(shouldClaimAgain({ handedOut: 0, overLimit: 1 }, 10)).toBe(false);
  });
});
