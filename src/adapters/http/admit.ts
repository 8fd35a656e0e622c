import { err, ok, type Result } from 'neverthrow';
import { type Caller, readCaller, type SignedIn } from './caller.js';
import { type HttpError, transportError } from './http-error.js';

/** What a route requires: being signed in, or a role that has the right. */
export type Right = 'signed_in' | 'request_build' | 'operate_builds';

/** The roles that have each right. */
export interface Roles {
  /**
   * Roles that may request builds, check their prerequisites and read how they stand.
   *
   * @default `project_owner`, `project_admin` and `ops_build`
   */
  readonly request_build?: readonly string[];
  /**
   * Roles that may use everything below `/v1/admin`: those of your own ops team. That includes `health` and `stats`, which count
   * the builds and messages of all tenants without naming any. A role that customers give each other, such as the `admin` of a
   * workspace, does not belong here. An empty list lets nobody in.
   */
  readonly operate_builds: readonly string[];
}

/** No `admin`: in many hosts that is a customer who administers a workspace. */
export const DEFAULT_REQUEST_ROLES = ['project_owner', 'project_admin', 'ops_build'];

/** Admits a caller or returns the refusal. What is not explicitly allowed is refused. */
export function admit(
  caller: Caller | null,
  right: Right,
  {
    roles,
    challenge,
    isHostId,
  }: {
    readonly roles: Required<Roles>;
    readonly challenge: string;
    readonly isHostId: (id: string) => boolean;
  },
): Result<SignedIn, HttpError> {
  if (caller === null)
    return err(transportError('not_authenticated', 'Sign in first.', { 'WWW-Authenticate': challenge }));
  const who = readCaller(caller, isHostId);
  if (who.kind === 'api_key') {
    return err(transportError('forbidden', 'Customer API keys cannot do this: sign in as a person.'));
  }
  if (right === 'signed_in') return ok(who);
  const wanted = roles[right];
  if (who.roles.some((role) => wanted.includes(role))) return ok(who);
  return err(transportError('forbidden', `You need one of these roles: ${wanted.join(', ')}.`));
}
