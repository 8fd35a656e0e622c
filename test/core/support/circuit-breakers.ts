import type {
  CircuitBreakerRecord,
  OpenCircuitBreaker,
} from '../../../src/core/build/circuit-breaker-facts.js';
import type { WrkAnswer } from '../../../src/core/orchestration/wrk-answer.js';
import { deepFreeze } from './deep-freeze.js';

/** Each answer that WRK may give, by what it means for access. */
export const WRK_ANSWERS = deepFreeze({
  created: { kind: 'created', workflowId: 'wf_1', workflowUrl: 'https://app.wrk.example/workflows/wf_1' },
  already_exists: {
    kind: 'already_exists',
    workflowId: null,
    workflowUrl: null,
    reference: null,
    detail: 'WRK answered 409',
  },
  rejected: { kind: 'rejected', findings: [], detail: 'WRK answered 422' },
  credentials_refused: { kind: 'access_denied', scope: 'everyone', detail: 'WRK answered 401' },
  tenant_refused: { kind: 'access_denied', scope: 'tenant', detail: 'WRK answered 403' },
  not_now: { kind: 'not_now', retryAfterMs: null, detail: 'WRK answered 429' },
  api_error: { kind: 'api_error', retryAfterMs: null, detail: 'WRK answered 503' },
  not_sent: { kind: 'not_sent', detail: 'connection refused' },
  network_failure: { kind: 'network_failure', detail: 'no answer came' },
  unusable: { kind: 'unusable', detail: 'WRK answered 201, and the body cannot be used' },
  not_begun: { kind: 'not_begun', retryInMs: 0, detail: 'too little of the lease was left' },
  aborted: { kind: 'aborted', detail: 'the call was stopped' },
} satisfies Record<string, WrkAnswer>);

/** A circuit breaker that has been open for a minute, and was not tried yet. */
export const OPEN: OpenCircuitBreaker = deepFreeze({
  reason: 'consecutive_failures',
  probes: 0,
  openForMs: 60_000,
  nextProbeInMs: 0,
});

/** Everyone's breaker. Unless said otherwise, its failures open it whosever they are, and ops know that it is open. */
export function everyonesBreaker(change: Partial<CircuitBreakerRecord> = {}): CircuitBreakerRecord {
  const { failures = 0, open = null } = change;
  return deepFreeze({
    tenantId: null,
    version: 'version-1',
    failures,
    failuresOfAny: failures,
    failingTenantIds: [],
    told: open && { reason: open.reason, msAgo: open.openForMs },
    open,
    ...change,
  });
}

/** The circuit breaker of the tenant of `claimedBuild`. */
export function tenantsBreaker(change: Partial<CircuitBreakerRecord> = {}): CircuitBreakerRecord {
  return everyonesBreaker({ tenantId: 'tenant-1', version: 'version-of-tenant', ...change });
}
