import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import { BUILD_IN_PROGRESS } from '../../../core/build/statuses.js';
import { HTTP_ERRORS } from '../error-codes.js';
import type { HttpError } from '../http-error.js';
import { invalidInput } from '../invalid-input.js';
import type { RouteContext } from '../route-context.js';
import type { Asked, Unread } from './route.js';

const onlyStatus = z.object({ status: z.string() });

/**
 * Reads only the status, since what else a body may hold depends on it. One that is not ours goes to the host with the
 * request as it came, to be read once more.
 */
export async function otherStatus(
  { request, caller, requestId, id }: Asked,
  { body, bytes }: Unread,
  { otherStatuses, onOtherStatus }: RouteContext,
): Promise<Result<Response | null, HttpError>> {
  const read = onlyStatus.safeParse(body);
  // Left to the schema of the route, which says what is wrong with it.
  if (!read.success || read.data.status === BUILD_IN_PROGRESS) return ok(null);
  const { status } = read.data;
  if (!otherStatuses.includes(status)) {
    const known = [BUILD_IN_PROGRESS, ...otherStatuses].join(', ');
    return err(invalidInput([{ path: 'body.status', message: `is no status that is known here: ${known}` }]));
  }
  if (!onOtherStatus) {
    return err({
      status: HTTP_ERRORS.invalid_status_transition.status,
      body: {
        error_code: 'invalid_status_transition',
        message: `Nothing is moved to “${status}” by hand: send “${BUILD_IN_PROGRESS}”.`,
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
  if (response instanceof Response) return ok(response);
  throw new TypeError(
    '`onOtherStatus` returned no `Response`: whether the version was moved cannot be told.',
  );
}
