import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import { BUILD_IN_PROGRESS } from '../../../core/build/statuses.js';
import { HTTP_ERRORS } from '../error-codes.js';
import type { HttpError } from '../http-error.js';
import { invalidInput } from '../invalid-input.js';
import { isResponse } from '../respond.js';
import type { RouteContext } from '../route-context.js';
import type { Asked, Unread } from './route.js';

const onlyStatus = z.object({ status: z.string() });

/**
 * Reads only the status, in the flows' words or the host's, since the rest of the body depends on it. A status that is not ours goes to the host with a
 * fresh copy of the request.
 */
export async function otherStatus(
  { request, caller, requestId, id }: Asked,
  { body, bytes }: Unread,
  { builds, otherStatuses, onOtherStatus }: RouteContext,
): Promise<Result<Response | null, HttpError>> {
  const read = onlyStatus.safeParse(body);
  // The schema of the route reports what is wrong.
  if (!read.success) return ok(null);
  const { status } = read.data;
  const word = builds.versionStatusOf(status);
  if (word === BUILD_IN_PROGRESS) return ok(null);
  if (!otherStatuses.includes(status) && !otherStatuses.includes(word)) {
    const known = [BUILD_IN_PROGRESS, ...otherStatuses].join(', ');
    return err(invalidInput([{ path: 'body.status', message: `must be one of ${known}` }]));
  }
  if (!onOtherStatus) {
    return err({
      status: HTTP_ERRORS.invalid_status_transition.status,
      body: {
        error_code: 'invalid_status_transition',
        message: `A version cannot be moved to “${status}” by hand: send “${BUILD_IN_PROGRESS}”.`,
      },
    });
  }
  const { method, headers, url } = request;
  const replay = new Request(url, { method, headers, body: bytes, signal: request.signal });
  const response: unknown = await onOtherStatus(replay, {
    caller,
    automationVersionId: id,
    status,
    requestId,
  });
  if (isResponse(response)) return ok(response);
  throw new TypeError(
    '`onOtherStatus` must return a `Response`. It is unknown whether the version was moved.',
  );
}

/** The body with the flows' word where it has the host's own label of `Build in Progress`. */
export function inFlowWords(body: unknown, { builds }: RouteContext): unknown {
  const read = onlyStatus.safeParse(body);
  return read.success && builds.versionStatusOf(read.data.status) === BUILD_IN_PROGRESS
    ? { ...Object(body), status: BUILD_IN_PROGRESS }
    : body;
}
