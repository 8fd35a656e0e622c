import { describe, expect, it } from 'vitest';
import { DEFAULT_BLUEPRINT_LIMITS } from '../../../src/core/blueprint/blueprint-limits.js';
import {
  isCostly,
  isLong,
  maxCheapBytes,
  tooManyCostlyRequests,
} from '../../../src/core/request/costly-request.js';
import { candidateFacts, requestFacts, versionFacts } from '../support/request-facts.js';

const LIMITS = DEFAULT_BLUEPRINT_LIMITS;
const CHEAP = maxCheapBytes(LIMITS);
const unread = (blueprintBytes: number) => ({
  automationVersion: versionFacts({ blueprintJson: null, blueprintBytes }),
});

describe('B1 a costly request', () => {
  it('has a blueprint that was too long to be read at once, and is not over the limit', () => {
    expect(isCostly(requestFacts(), LIMITS)).toBe(false);
    expect(isCostly(requestFacts(unread(CHEAP + 1)), LIMITS)).toBe(true);
    expect(isCostly(requestFacts(unread(LIMITS.bytes)), LIMITS)).toBe(true);
    expect(isCostly(requestFacts(unread(LIMITS.bytes + 1)), LIMITS)).toBe(false);
  });

  it('is one whose blueprint will be looked at: its key has no answer yet, and it means one version', () => {
    const facts = requestFacts(unread(CHEAP + 1));
    const answer = { bindingId: 'b', automationVersionId: 'v', projectId: 'p', run: 1 };
    expect(isCostly({ ...facts, storedAnswer: { bodyHash: 'hash', answer } }, LIMITS)).toBe(false);
    const several = [candidateFacts(unread(CHEAP + 1)), candidateFacts(unread(CHEAP + 1))];
    expect(isCostly({ ...facts, candidates: several }, LIMITS)).toBe(false);
    expect(isCostly({ ...facts, candidates: [] }, LIMITS)).toBe(false);
  });

  it('is known by its length', () => {
    expect([CHEAP, CHEAP + 1].map((bytes) => isLong(requestFacts(unread(bytes)), LIMITS))).toEqual([
      false,
      true,
    ]);
  });

  it('is told when to come back where there are too many', () => {
    expect(tooManyCostlyRequests()).toMatchObject({ details: { retryAfterMs: 1_000 } });
  });
});
