import { describe, expect, it } from 'vitest';
import { DEFAULT_GATE_POLICY } from '../../src/core/circuit-breaker/circuit-breaker.js';
import { readGatePolicy } from '../../src/input/circuit-breaker-options.js';
import { openHost } from '../workers/support/open-host.js';

/** Reads what a host without types might say. */
const readAny = (options: unknown) => () => readGatePolicy(JSON.parse(JSON.stringify(options)));

describe('the options of the gate', () => {
  it('have a default each, and are taken from the host one by one', () => {
    expect(readGatePolicy(undefined)).toEqual(DEFAULT_GATE_POLICY);
    expect(readGatePolicy({ failuresInARow: 20 })).toEqual({ ...DEFAULT_GATE_POLICY, failuresInARow: 20 });
  });

  it.each([
    [{ failuresInARow: 0 }, 'gate.failuresInARow'],
    [{ failuresInARow: 1.5 }, 'gate.failuresInARow'],
    [{ firstProbeMs: 0 }, 'gate.firstProbeMs'],
    [{ longestProbeMs: '60' }, 'gate.longestProbeMs'],
    [{ firstProbeMs: 120_000 }, 'gate.longestProbeMs: must not be less than gate.firstProbeMs'],
    [{ probes: 3 }, 'probes'],
  ])('that make no sense are refused by name: %j', (options, name) => {
    expect(readAny(options)).toThrow(TypeError);
    expect(readAny(options)).toThrow(name);
  });

  it('that make no sense are refused before anything is wired', () => {
    expect(() => openHost({ gate: { failuresInARow: 0 } })).toThrow(TypeError);
  });
});
