import * as z from 'zod';
import { DEFAULT_GATE_POLICY, type GatePolicy } from '../core/circuit-breaker/circuit-breaker.js';

/** No timer and no deadline of a host is longer than a day. */
const ms = z.int().min(1).max(86_400_000);

const gateSchema = z
  .strictObject({
    failuresInARow: z.int().min(1).max(1_000_000),
    firstProbeMs: ms,
    longestProbeMs: ms,
  })
  .refine(({ firstProbeMs, longestProbeMs }) => longestProbeMs >= firstProbeMs, {
    path: ['longestProbeMs'],
    message: 'must not be less than gate.firstProbeMs',
  });

/** Reads when the gate closes and how it is tried. Throws a TypeError that lists what is wrong. */
export function readGatePolicy(options: Partial<GatePolicy> | undefined): GatePolicy {
  const parsed = gateSchema.safeParse({ ...DEFAULT_GATE_POLICY, ...options });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `gate.${path.join('.')}: ${message}`);
  throw new TypeError(`The gate cannot be kept so: ${problems.join('; ')}.`);
}
