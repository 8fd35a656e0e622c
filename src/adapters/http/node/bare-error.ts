import type { IncomingMessage } from 'node:http';
import { systemRuntime } from '../../../runtime/system-runtime.js';
import { invalidInput } from '../invalid-input.js';
import { requestIdOf } from '../request-id.js';
import { respond } from '../respond.js';

/** The methods of all routes together: the mount does not know which route is meant. */
const ANY_ROUTE_TAKES = 'GET, POST, PATCH';

/** An error response of the mount itself, for when the handler cannot answer. It reveals nothing about the cause. */
export function bareError(
  { headers }: Pick<IncomingMessage, 'headers'>,
  status: 405 | 500,
  code: 'method_not_allowed' | 'internal_error',
  message: string,
): Response {
  const requestId = requestIdOf(headers['x-request-id'], systemRuntime);
  const allow = status === 405 ? { Allow: ANY_ROUTE_TAKES } : {};
  return respond(status, { error_code: code, message }, requestId, allow);
}

/** The response of the mount to a request that no handler can be given. `path` names the part of it. */
export function bareRefusal(
  { headers }: Pick<IncomingMessage, 'headers'>,
  path: string,
  message: string,
): Response {
  const { status, body } = invalidInput([{ path, message }]);
  return respond(status, body, requestIdOf(headers['x-request-id'], systemRuntime));
}
