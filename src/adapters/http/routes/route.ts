import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import { findingsOf, idText } from '../../../core/input/text.js';
import type { Right } from '../admit.js';
import type { SignedIn } from '../caller.js';
import type { HttpErrorCode } from '../error-codes.js';
import type { HttpError } from '../http-error.js';
import { invalidInput } from '../invalid-input.js';
import type { RouteContext } from '../route-context.js';

/** A request that was let in, as far as every route is told. */
export interface Asked {
  readonly request: Request;
  readonly caller: SignedIn;
  readonly requestId: string;
  /** What stands before `/v1` where the handler is mounted. */
  readonly basePath: string;
  /** From the path; empty where that has none. */
  readonly id: string;
}

/** What it brings, not yet held against the schemas of its route. */
export interface Unread {
  readonly query: Readonly<Record<string, string>>;
  /** What the JSON holds; an empty object without a body. */
  readonly body: unknown;
  /** The body as it came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a route answers; the status stands in its description. */
export interface RouteAnswer<Body> {
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
  /** What was thrown behind a part of the answer; for `onAnswer`, and never for the caller. */
  readonly problem?: unknown;
}

/** Headers that mean something to some routes. */
export type RouteHeader = 'If-Match' | 'Idempotency-Key' | 'Last-Event-ID';

/** What is true of a route whatever it does: what the document tells of it. */
export interface RouteDescription {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** With `{id}` where the id stands. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly right: Right;
  readonly headers?: readonly RouteHeader[];
  readonly query: z.ZodObject;
  /** Of a GET, `nothing`. */
  readonly body: z.ZodObject;
  readonly answer: {
    readonly status: 200 | 202;
    readonly description: string;
    /** JSON of this shape; `null`: a stream of events. */
    readonly schema: z.ZodType | null;
  };
  /** What it may refuse besides what every route may. */
  readonly errors: readonly HttpErrorCode[];
}

/** One route, ready to be called. */
export interface Route extends RouteDescription {
  readonly run: (
    asked: Asked,
    unread: Unread,
    context: RouteContext,
  ) => Promise<Result<RouteAnswer<unknown> | Response, HttpError>>;
}

/** What zod describes as mutable, and what nobody changes on its way out. */
type DeepReadonly<Value> = Value extends object
  ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
  : Value;

type AnswerBody<Schema> = Schema extends z.ZodType ? DeepReadonly<z.input<Schema>> : never;

/** A route as it is written down: the schemas give its parameters and its answer their types. */
export interface RouteDefinition<
  Query extends z.ZodObject,
  Body extends z.ZodObject,
  Schema extends z.ZodType | null,
> extends RouteDescription {
  readonly query: Query;
  readonly body: Body;
  readonly answer: RouteDescription['answer'] & { readonly schema: Schema };
  /** Answers what is not this route's business before the schema of its body is asked; `null`: it is. */
  readonly before?: (
    asked: Asked,
    unread: Unread,
    context: RouteContext,
  ) => Promise<Result<Response | null, HttpError>>;
  readonly handle: (
    asked: Asked & { readonly query: z.output<Query>; readonly body: z.output<Body> },
    context: RouteContext,
  ) => PromiseLike<Result<RouteAnswer<AnswerBody<Schema>> | Response, HttpError>>;
}

/** Makes a route that holds what it is asked against its own schemas before it does anything. */
export function defineRoute<
  Query extends z.ZodObject,
  Body extends z.ZodObject,
  Schema extends z.ZodType | null,
>({ before, handle, ...description }: RouteDefinition<Query, Body, Schema>): Route {
  return {
    ...description,
    run: async (asked, unread, context) => {
      const id = (description.path.includes('{id}') ? idText : z.string()).safeParse(asked.id);
      const query = description.query.safeParse(unread.query);
      // An id that can be none is not handed to the host either.
      const early = (id.success && query.success ? await before?.(asked, unread, context) : null) ?? ok(null);
      if (early.isErr()) return err(early.error);
      if (early.value) return ok(early.value);

      const body = description.body.safeParse(unread.body);
      if (id.success && query.success && body.success) {
        return handle({ ...asked, query: query.data, body: body.data }, context);
      }
      return err(
        invalidInput([
          ...under('id', id.error),
          ...under('query', query.error),
          ...under('body', body.error),
        ]),
      );
    },
  };
}

/** What is wrong, each with where it stands. */
function under(part: string, error: z.ZodError | undefined): { path: string; message: string }[] {
  if (!error) return [];
  return findingsOf(error).map(({ path, message }) => ({
    path: [part, path].filter(Boolean).join('.'),
    message,
  }));
}
