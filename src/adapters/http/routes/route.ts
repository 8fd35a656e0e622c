import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import type { BlueprintFinding } from '../../../core/build/errors.js';
import { findingsOf } from '../../../core/input/findings.js';
import { idText } from '../../../core/input/text.js';
import type { Right } from '../admit.js';
import type { ActingCaller, SignedIn } from '../caller.js';
import type { HttpErrorCode } from '../error-codes.js';
import type { HttpError } from '../http-error.js';
import { invalidInput } from '../invalid-input.js';
import type { RouteContext } from '../route-context.js';
import { requireTenant } from './tenant-required.js';

/** A request, whoever sent it. */
interface Received {
  readonly request: Request;
  readonly requestId: string;
  /** The prefix before `/v1` where the handler is mounted. */
  readonly basePath: string;
  /** The id in the path; empty if the path has none. */
  readonly id: string;
}

/** An admitted request: what every route gets. */
export interface Asked<Who extends SignedIn = ActingCaller> extends Received {
  readonly caller: Who;
}

/** Query and body, not yet validated against the schemas of the route. */
export interface Unread {
  readonly query: Readonly<Record<string, string>>;
  /** The parsed JSON; an empty object without a body. */
  readonly body: unknown;
  /** The raw body. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The answer of a route; the status is in its description. */
export interface RouteAnswer<Body> {
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
  /** The error behind a failed part of the answer, for `onAnswer` and never for the caller. */
  readonly problem?: unknown;
}

/** Request headers that some routes read. */
export type RouteHeader = 'If-Match' | 'Idempotency-Key' | 'Last-Event-ID';

/** The description of a route, as the OpenAPI document shows it. */
export interface RouteDescription {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** With `{id}` as the placeholder for the id. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly right: Right;
  /** Whether it takes a caller who acts for a tenant. */
  readonly isOfTenant: boolean;
  readonly headers?: readonly RouteHeader[];
  readonly query: z.ZodObject;
  /** `nothing` for a GET. */
  readonly body: z.ZodObject;
  readonly answer: {
    readonly status: 200 | 202;
    readonly description: string;
    /** The schema of the JSON; `null` for an event stream. */
    readonly schema: z.ZodType | null;
  };
  /** Error codes besides those of every route. */
  readonly errors: readonly HttpErrorCode[];
}

/** A route of one caller. */
type Run = (
  received: Received,
  unread: Unread,
  context: RouteContext,
) => Promise<Result<RouteAnswer<unknown> | Response, HttpError>>;

/** One route, ready to be called. */
export interface Route extends RouteDescription {
  /** The route for this caller, or the refusal if they act for no tenant and the route is of one. */
  readonly forCaller: (caller: SignedIn) => Result<Run, HttpError>;
}

/** Zod infers mutable types, but nothing changes an answer on its way out. */
type DeepReadonly<Value> = Value extends object
  ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
  : Value;

type AnswerBody<Schema> = Schema extends z.ZodType ? DeepReadonly<z.input<Schema>> : never;

/** The definition of a route. Its schemas determine the types of its parameters and its answer. */
export interface RouteDefinition<
  Query extends z.ZodObject,
  Body extends z.ZodObject,
  Schema extends z.ZodType | null,
  Who extends SignedIn,
> extends Omit<RouteDescription, 'isOfTenant'> {
  readonly query: Query;
  readonly body: Body;
  readonly answer: RouteDescription['answer'] & { readonly schema: Schema };
  /** Handles requests that are not for this route before its body is validated; `null` continues with the route. */
  readonly before?: (
    asked: Asked<Who>,
    unread: Unread,
    context: RouteContext,
  ) => Promise<Result<Response | null, HttpError>>;
  /** Rewrites the body before it is validated. */
  readonly rewrite?: (body: unknown, context: RouteContext) => unknown;
  readonly handle: (
    asked: Asked<Who> & { readonly query: z.output<Query>; readonly body: z.output<Body> },
    context: RouteContext,
  ) => PromiseLike<Result<RouteAnswer<AnswerBody<Schema>> | Response, HttpError>>;
}

/** Creates a route of a tenant, which validates each request against its schemas first. */
export function defineRoute<
  Query extends z.ZodObject,
  Body extends z.ZodObject,
  Schema extends z.ZodType | null,
>(definition: RouteDefinition<Query, Body, Schema, ActingCaller>): Route {
  return {
    ...definition,
    isOfTenant: true,
    forCaller: (caller) => requireTenant(caller).map((acting) => runOf(definition, acting)),
  };
}

/** Creates a route that shows nothing of any tenant, for every caller who has its right. */
export function defineRouteOfNoTenant<
  Query extends z.ZodObject,
  Body extends z.ZodObject,
  Schema extends z.ZodType | null,
>(definition: RouteDefinition<Query, Body, Schema, SignedIn>): Route {
  return {
    ...definition,
    isOfTenant: false,
    forCaller: (caller) => ok(runOf(definition, caller)),
  };
}

function runOf<
  Query extends z.ZodObject,
  Body extends z.ZodObject,
  Schema extends z.ZodType | null,
  Who extends SignedIn,
>(
  { before, rewrite = (body) => body, handle, ...description }: RouteDefinition<Query, Body, Schema, Who>,
  caller: Who,
): Run {
  return async (received, unread, context) => {
    const asked = { ...received, caller };
    const idSchema = description.path.includes('{id}') ? idText : z.string();
    const id = idSchema.safeParse(asked.id);
    const query = description.query.safeParse(unread.query);
    // An invalid id is not passed to the host either.
    const early = (id.success && query.success ? await before?.(asked, unread, context) : null) ?? ok(null);
    if (early.isErr()) return err(early.error);
    if (early.value) return ok(early.value);

    const body = description.body.safeParse(rewrite(unread.body, context));
    if (id.success && query.success && body.success) {
      return handle({ ...asked, query: query.data, body: body.data }, context);
    }
    return err(
      invalidInput([
        ...under('id', id.error, idSchema, asked.id),
        ...under('query', query.error, description.query, unread.query),
        ...under('body', body.error, description.body, unread.body),
      ]),
    );
  };
}

/** The problems, each with its path. */
function under(
  part: string,
  error: z.ZodError | undefined,
  schema: z.ZodType,
  given: unknown,
): BlueprintFinding[] {
  if (!error) return [];
  return findingsOf(error, schema, given).map(({ path, message }) => ({
    path: [part, path].filter(Boolean).join('.'),
    message,
  }));
}
