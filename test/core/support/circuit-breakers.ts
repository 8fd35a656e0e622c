import type { ClosedGate, GateFacts } from '../../../src/core/circuit-breaker/circuit-breaker.js';
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
  aborted: { kind: 'aborted', detail: 'the call was stopped' },
} satisfies Record<string, WrkAnswer>);

/** A gate that has been closed for a minute, and was not tried yet. */
export const CLOSED: ClosedGate = deepFreeze({
  reason: 'failures_in_a_row',
  probes: 0,
  closedForMs: 60_000,
  nextProbeInMs: 0,
});

/** Everyone's gate. */
export function everyonesGate(change: Partial<GateFacts> = {}): GateFacts {
  return deepFreeze({ tenantId: null, version: 'version-1', failures: 0, closed: null, ...change });
}

/** The gate of the tenant of `claimedBuild`. */
export function tenantsGate(change: Partial<GateFacts> = {}): GateFacts {
  return everyonesGate({ tenantId: 'tenant-1', version: 'version-of-tenant', ...change });
}
