import * as z from 'zod';
import {
  type CircuitBreakerPolicy,
  DEFAULT_CIRCUIT_BREAKER_POLICY,
} from '../core/circuit-breaker/circuit-breaker.js';

/** No timer and no deadline of a host is longer than a day. */
const ms = z.int().min(1).max(86_400_000);

const circuitBreakerSchema = z
  .strictObject({
    failureThreshold: z.int().min(1).max(1_000_000),
    initialProbeDelayMs: ms,
    maxProbeDelayMs: ms,
  })
  .refine(({ initialProbeDelayMs, maxProbeDelayMs }) => maxProbeDelayMs >= initialProbeDelayMs, {
    path: ['maxProbeDelayMs'],
    message: 'must not be less than circuitBreaker.initialProbeDelayMs',
  });

/** Reads when the circuit breaker opens and how it is tried. Throws a TypeError that lists what is wrong. */
export function readCircuitBreakerPolicy(
  options: Partial<CircuitBreakerPolicy> | undefined,
): CircuitBreakerPolicy {
  const parsed = circuitBreakerSchema.safeParse({ ...DEFAULT_CIRCUIT_BREAKER_POLICY, ...options });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `circuitBreaker.${path.join('.')}: ${message}`,
  );
  throw new TypeError(`Option circuitBreaker: ${problems.join('; ')}.`);
}
