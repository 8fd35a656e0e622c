import { err, ok, type Result } from 'neverthrow';
import { DEFAULT_STARTABLE_STATUSES, QA_AND_TESTING } from '../../core/build/statuses.js';
import type { Runtime } from '../../runtime/runtime.js';
import { systemRuntime } from '../../runtime/system-runtime.js';
import { admit, DEFAULT_REQUEST_ROLES } from './admit.js';
import type { SignedIn } from './caller.js';
import { checkLength } from './check-length.js';
import { checkOptions } from './check-options.js';
import { checkOrigin } from './check-origin.js';
import { createEventStreams } from './events/event-streams.js';
import { answerToFailure } from './failure.js';
import type { AnsweredRequest, BuildsHandlerOptions } from './handler-options.js';
import { type HttpError, transportError } from './http-error.js';
import { documentOf } from './openapi/document.js';
import { readBody } from './read-body.js';
import { checkMediaType, readJson } from './read-json.js';
import { readQuery } from './read-query.js';
import { requestIdOf } from './request-id.js';
import { isResponse, respond, withRequestId } from './respond.js';
import type { RouteContext } from './route-context.js';
import { findRoute, routesAt } from './routes/find-route.js';
import type { Route, RouteAnswer, Unread } from './routes/route.js';
import type { BuildsHandler } from './web-handler.js';

const MAX_BODY_BYTES = 65_536;
/** A year: longer than any quota, and short enough that milliseconds in place of seconds are noticed. */
const MAX_RETRY_AFTER_SECONDS = 31_536_000;

/** The handler as its host sees it. */
export interface EndableBuildsHandler extends BuildsHandler {
  /**
   * Ends all event streams, including those that are opened later. Call it when the server closes, because closing waits
   * for them. Their clients reconnect to another process.
   */
  readonly endStreams: () => void;
}

/** What is known about a request so far. */
interface Progress {
  route: Route | null;
  caller: SignedIn | null;
}

/**
 * The HTTP API as one function from `Request` to `Response`: the two endpoints of flow 21, the ops commands and the
 * OpenAPI document. It never rejects. Mount it with `nodeListener`, with `wrk-builds/express`, or in any framework that
 * accepts such a function.
 *
 * Throws a `TypeError` that lists every invalid option. `authenticate` and the roles of the ops team are required, because
 * there is no default access.
 *
 * @example
 * ```ts
 * import { createBuildsHandler } from 'wrk-builds/http';
 *
 * const handler = createBuildsHandler({
 *   builds,
 *   authenticate: async (request) => {
 *     const session = await sessionOf(request.headers.get('cookie'));
 *     return session && { kind: 'user', ...session };
 *   },
 *   roles: { operate_builds: ['ops_build'] },
 *   allowedOrigins: ['https://app.example'],
 * });
 * export const PATCH = (request: Request) => handler(request);
 * ```
 */
export function createBuildsHandler(options: BuildsHandlerOptions): EndableBuildsHandler {
  return createBuildsHandlerOn(systemRuntime, options);
}

/** The same on a runtime that somebody else may own. */
export function createBuildsHandlerOn(runtime: Runtime, options: BuildsHandlerOptions): EndableBuildsHandler {
  checkOptions(options);
  const { request_build = DEFAULT_REQUEST_ROLES, operate_builds } = options.roles;
  const roles = { request_build, operate_builds };
  const { maxBodyBytes = MAX_BODY_BYTES, onOtherStatus = null, challenge = 'Bearer' } = options;
  const basePathOf = (context?: { readonly basePath?: string }) =>
    context?.basePath ?? options.basePath ?? '';
  const context: RouteContext = {
    builds: options.builds,
    otherStatuses: options.otherStatuses ?? [...DEFAULT_STARTABLE_STATUSES, QA_AND_TESTING],
    onOtherStatus,
    streams: createEventStreams(options.builds.watchBuilds, options.events ?? {}, runtime),
    documentAt: documentOf(options.openApi),
  };

  const answer = async (
    request: Request,
    basePath: string,
    requestId: string,
    progress: Progress,
  ): Promise<Result<RouteAnswer<unknown> | Response, HttpError>> => {
    // 1. Find the route.
    const { pathname, searchParams } = new URL(request.url);
    const found = findRoute(request.method, pathname, basePath);
    if (found.isErr()) return err(found.error);
    const { route, id } = found.value;
    progress.route = route;
    const short = checkLength(request);
    if (short.isErr()) return err(short.error);

    // 2. Authenticate and authorize the caller.
    const admitted = admit(await options.authenticate(request), route.right, {
      roles,
      challenge,
      isHostId: options.builds.isHostId,
    });
    if (admitted.isErr()) return err(admitted.error);
    const caller = admitted.value;
    progress.caller = caller;
    const own = await checkOrigin(request, kindOf(route), options);
    if (own.isErr()) return err(own.error);
    const limited = await options.rateLimit?.({ caller, operationId: route.operationId, request });
    if (limited) return err(rateLimited(limited.retryAfterSeconds));

    // 3. Refuse a caller without a tenant where one is needed.
    const run = route.forCaller(caller);
    if (run.isErr()) return err(run.error);

    // 4. Read query and body.
    const query = readQuery(searchParams);
    if (query.isErr()) return err(query.error);
    const content = await readContent(request, maxBodyBytes);
    if (content.isErr()) return err(content.error);

    // 5. Run the route.
    return run.value({ request, requestId, basePath, id }, { query: query.value, ...content.value }, context);
  };

  const handle = async (request: Request, context?: { readonly basePath?: string }): Promise<Response> => {
    const startedAt = runtime.monotonicMs();
    const requestId = requestIdOf(request.headers.get('x-request-id'), runtime);
    const progress: Progress = { route: null, caller: null };
    let problem: unknown = null;
    const answered = await answer(request, basePathOf(context), requestId, progress)
      .then((given) =>
        given.map((each) => {
          if (!isResponse(each)) problem = each.problem ?? null;
          return written(each, progress.route, requestId);
        }),
      )
      .catch((thrown: unknown) => {
        problem = thrown;
        return err(answerToFailure(thrown));
      });
    const response = answered.match(
      (given) => given,
      ({ status, body, headers }) => respond(status, body, requestId, headers),
    );
    void tell(options.onAnswer, {
      requestId,
      method: request.method,
      operationId: progress.route?.operationId ?? null,
      route: progress.route?.path ?? null,
      status: response.status,
      errorCode: answered.isErr() ? answered.error.body.error_code : null,
      tenantId: progress.caller?.tenantId ?? null,
      userId: progress.caller?.userId ?? null,
      durationMs: runtime.monotonicMs() - startedAt,
      problem,
    });
    return response;
  };

  return Object.assign(handle, {
    endStreams: context.streams.endAll,
    owns: (pathname: string, context?: { readonly basePath?: string }) =>
      routesAt(pathname, basePathOf(context)).length > 0,
  });
}

function kindOf({ method, answer }: Route) {
  return { isChange: method !== 'GET', isStream: answer.schema === null };
}

/** Turns an answer into a response. Throws for a host's `Response` that cannot be sent, such as one already read. */
function written(given: RouteAnswer<unknown> | Response, route: Route | null, requestId: string): Response {
  if (isResponse(given)) return withRequestId(given, requestId);
  return respond(route?.answer.status ?? 200, given.body, requestId, given.headers);
}

/** Reads the body. The body of a GET is ignored. */
async function readContent(
  request: Request,
  maxBodyBytes: number,
): Promise<Result<Pick<Unread, 'body' | 'bytes'>, HttpError>> {
  if (request.method === 'GET') return ok({ body: {}, bytes: new Uint8Array() });
  const bytes = await readBody(request, maxBodyBytes);
  if (bytes.isErr()) return err(bytes.error);
  if (bytes.value.byteLength === 0) return ok({ body: {}, bytes: bytes.value });
  return checkMediaType(request)
    .andThen(() => readJson(bytes.value))
    .map((body) => ({ body, bytes: bytes.value }));
}

function rateLimited(retryAfterSeconds: number): HttpError {
  if (!Number.isFinite(retryAfterSeconds) || retryAfterSeconds > MAX_RETRY_AFTER_SECONDS) {
    throw new TypeError(
      `\`rateLimit\` returned an invalid \`retryAfterSeconds\`: return a number of seconds up to ${MAX_RETRY_AFTER_SECONDS}, or \`null\`.`,
    );
  }
  const seconds = Math.max(1, Math.ceil(retryAfterSeconds));
  return transportError('rate_limited', `Too many requests: try again in ${seconds} s.`, {
    'Retry-After': String(seconds),
  });
}

/** Calls the listener. Its failure must not fail the request, and its rejection must not end the process. */
async function tell(onAnswer: BuildsHandlerOptions['onAnswer'], answered: AnsweredRequest): Promise<void> {
  try {
    await onAnswer?.(answered);
  } catch {
    // Ignored: the listener must handle its own errors.
  }
}
