import { err, ok, type Result } from 'neverthrow';
import type { ActingCaller, SignedIn } from '../caller.js';
import { type HttpError, transportError } from '../http-error.js';

/** What a caller without a tenant is told. */
export const TENANT_REQUIRED = 'You are not acting for a client: choose the client that you act for first.';

/** The caller with the tenant that they act for, or the refusal where they act for none. */
export function requireTenant(caller: SignedIn): Result<ActingCaller, HttpError> {
  const { tenantId } = caller;
  return tenantId === null
    ? err(transportError('tenant_required', TENANT_REQUIRED))
    : ok({ ...caller, tenantId });
}
