import { describe, expect, it } from 'vitest';
import { DEFAULT_CIRCUIT_BREAKER_POLICY } from '../../src/core/circuit-breaker/circuit-breaker.js';
import { readCircuitBreakerPolicy } from '../../src/input/circuit-breaker-options.js';
import { openHost } from '../workers/support/open-host.js';

/** Reads what a host without types might say. */
const readAny = (options: unknown) => () => readCircuitBreakerPolicy(JSON.parse(JSON.stringify(options)));

describe('the options of the circuit breaker', () => {
  it('have a default each, and are taken from the host one by one', () => {
    expect(readCircuitBreakerPolicy(undefined)).toEqual(DEFAULT_CIRCUIT_BREAKER_POLICY);
    expect(readCircuitBreakerPolicy({ failureThreshold: 20 })).toEqual({
      ...DEFAULT_CIRCUIT_BREAKER_POLICY,
      failureThreshold: 20,
    });
  });

  it.each([
    [{ failureThreshold: 0 }, 'circuitBreaker.failureThreshold'],
    [{ failureThreshold: 1.5 }, 'circuitBreaker.failureThreshold'],
    [{ initialProbeDelayMs: 0 }, 'circuitBreaker.initialProbeDelayMs'],
    [{ maxProbeDelayMs: '60' }, 'circuitBreaker.maxProbeDelayMs'],
    [
      { initialProbeDelayMs: 120_000 },
      'circuitBreaker.maxProbeDelayMs: must not be less than circuitBreaker.initialProbeDelayMs',
    ],
    [{ probes: 3 }, 'probes'],
  ])('that make no sense are refused by name: %j', (options, name) => {
    expect(readAny(options)).toThrow(TypeError);
    expect(readAny(options)).toThrow(name);
  });

  it('that make no sense are refused before anything is wired', () => {
    expect(() => openHost({ circuitBreaker: { failureThreshold: 0 } })).toThrow(TypeError);
  });
});
