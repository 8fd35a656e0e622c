import { err, ok, type Result } from 'neverthrow';
import { type Caller, readCaller, type SignedIn } from './caller.js';
import { type HttpError, transportError } from './http-error.js';

/** What a route takes: being signed in, or one of the roles that the host gives the right. */
export type Right = 'signed_in' | 'request_build' | 'operate_builds';

/** Which roles have which right. */
export type Roles = Readonly<Record<Exclude<Right, 'signed_in'>, readonly string[]>>;

/** The roles of the flows. */
export const DEFAULT_ROLES: Roles = {
  request_build: ['project_owner', 'project_admin', 'ops_build', 'admin'],
  operate_builds: ['ops_build', 'admin'],
};

/** Lets somebody in, or says why not. Whatever is not said to be allowed is refused. */
export function admit(caller: Caller | null, right: Right, roles: Roles): Result<SignedIn, HttpError> {
  if (caller === null) return err(transportError('not_authenticated', 'Sign in first.'));
  const who = readCaller(caller);
  if (who.kind === 'api_key') {
    return err(transportError('forbidden', 'API keys of customers may not do this: sign in as a person.'));
  }
  if (right === 'signed_in') return ok(who);
  const wanted = roles[right];
  if (who.roles.some((role) => wanted.includes(role))) return ok(who);
  return err(transportError('forbidden', `This takes one of the roles ${wanted.join(', ')}.`));
}
