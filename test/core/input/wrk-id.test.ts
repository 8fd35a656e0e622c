import { describe, expect, it } from 'vitest';
import { isWrkId } from '../../../src/core/input/workflow-text.js';

describe('an id at WRK', () => {
  it.each(['1', 'wf 1', 'wf_ä😀', 'x'.repeat(200)])('can be %j', (text) => {
    expect(isWrkId(text)).toBe(true);
  });

  it.each(['', ' \u00a0', 'wf\n1', 'wf\0', 'wf\u009b1', 'wf\ud83d', 'x'.repeat(201)])(
    'cannot be %j',
    (text) => {
      expect(isWrkId(text)).toBe(false);
    },
  );
});
