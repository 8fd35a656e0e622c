import { describe, expect, it } from 'vitest';
import { invalidInput } from '../../../src/core/input/invalid-input.js';
import { prioritySchema } from '../../../src/core/input/priority.js';

describe('an input that cannot be read', () => {
  it('is refused with every finding', () => {
    const findings = [{ path: 'priority', message: 'is a string: give a whole number from -100 to 100' }];
    expect(invalidInput(findings)).toEqual({
      code: 'invalid_input',
      message: 'The input is invalid: fix the listed problems.',
      details: { findings },
    });
  });
});

describe('a priority', () => {
  it.each([-100, 0, 100])('may be %d', (priority) => {
    expect(prioritySchema.parse(priority)).toBe(priority);
  });

  it.each([-101, 101, 0.5, Number.NaN, '1', null])('is refused: %j', (priority) => {
    const { error } = prioritySchema.safeParse(priority);
    expect(error?.issues[0]?.message).toBe('give a whole number from -100 to 100');
  });
});
