import { describe, expect, it } from 'vitest';
import { settlesInMs } from '../../../src/core/orchestration/call-ledger.js';
import { claimedAfter, claimedBuild, ledgerCall } from '../support/claimed-build.js';

const settle = (calls: Parameters<typeof claimedBuild>[0]) => settlesInMs(claimedBuild(calls), 30_000);

describe('A2: how long WRK may still be making a workflow', () => {
  it('is not at all where every call has an answer', () => {
    expect(settlesInMs(claimedAfter(['refused', 'not_sent']), 30_000)).toBe(0);
  });

  it('is counted from when the outcome of a call was recorded as unknown', () => {
    expect(settle({ calls: [ledgerCall(1, 'unknown', { closedMsAgo: 1_200.5 })] })).toBe(28_800);
    expect(settle({ calls: [ledgerCall(1, 'unknown', { closedMsAgo: 30_000 })] })).toBe(0);
  });

  it('is counted, for a call that was cut off, from the claim after it, since its lease had ended by then', () => {
    const cutOff = ledgerCall(1, null, { startedMsAgo: 100_000 });
    const after = ledgerCall(2, 'not_sent', { startedMsAgo: 10_000, closedMsAgo: 9_000 });
    expect(settle({ calls: [cutOff, after] })).toBe(20_000);
    expect(settle({ calls: [cutOff] }), 'this claim is the one after it').toBe(30_000);
  });

  it('is that of the youngest of several', () => {
    const old = ledgerCall(1, 'unknown', { closedMsAgo: 29_000 });
    const young = ledgerCall(2, 'unknown', { closedMsAgo: 4_000 });
    expect(settle({ calls: [old, young] })).toBe(26_000);
  });
});
