import type * as z from 'zod';
import { HTTP_ERRORS, type HttpErrorCode, type HttpErrorStatus } from '../error-codes.js';
import type { RouteDescription, RouteHeader } from '../routes/route.js';
import { buildEvent } from '../schemas/answers.js';
import { errorOf } from '../schemas/errors.js';
import { namedSchemas } from '../schemas/registry.js';
import { ERROR_EXAMPLES } from './examples.js';
import { toJsonSchema } from './json-schema.js';

const OF_EVERY_ROUTE: readonly HttpErrorCode[] = [
  'invalid_input',
  'not_authenticated',
  'forbidden',
  'uri_too_long',
  'rate_limited',
  'headers_too_large',
  'internal_error',
  'unavailable',
];
const OF_CHANGES: readonly HttpErrorCode[] = [
  'origin_not_allowed',
  'body_too_large',
  'unsupported_media_type',
];

const HEADERS: Readonly<Record<RouteHeader, string>> = {
  'If-Match':
    'The `ETag` of the version as the caller last saw it. If it has changed, the request is refused with `concurrency_conflict`.',
  'Idempotency-Key':
    'At most 200 characters. A repeated request with the same key gets the first answer and changes nothing.',
  'Last-Event-ID': 'Browsers send it when they reconnect. The stream then begins with `reload`.',
};

/** One operation of the document. */
export function operationOf(route: RouteDescription) {
  const { operationId, summary, method, body, answer } = route;
  return {
    operationId,
    summary,
    tags: [route.right === 'operate_builds' ? 'Operations' : 'Builds'],
    parameters: parametersOf(route),
    ...(method !== 'GET' && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: { 'application/json': { schema: refTo(body) } },
      },
    }),
    responses: {
      [answer.status]: {
        description: answer.description,
        headers: answerHeaders(route),
        content: answer.schema
          ? { 'application/json': { schema: refTo(answer.schema) } }
          : { 'text/event-stream': { schema: STREAM } },
      },
      ...errorResponses(route),
    },
  };
}

/** Every error code that a route may return. */
export function codesOf({ method, isOfTenant, errors }: RouteDescription): readonly HttpErrorCode[] {
  const ofTenant = isOfTenant ? (['tenant_required'] as const) : [];
  return [...new Set([...errors, ...ofTenant, ...OF_EVERY_ROUTE, ...(method === 'GET' ? [] : OF_CHANGES)])];
}

function parametersOf({ path, query, headers = [] }: RouteDescription) {
  // A query is text; the document describes the parsed value.
  const { properties = {} } = toJsonSchema(query, 'output');
  return [
    ...(path.includes('{id}') ? [{ name: 'id', in: 'path', required: true, schema: ID }] : []),
    ...Object.entries(properties).map(([name, schema]) => {
      const { description, ...rest } = typeof schema === 'object' ? schema : {};
      return { name, in: 'query', required: false, description, schema: rest };
    }),
    ...headers.map((name) => ({
      name,
      in: 'header',
      required: false,
      description: HEADERS[name],
      schema: { type: 'string' },
    })),
  ];
}

const ID = { type: 'string', minLength: 1, maxLength: 200 };

const REQUEST_ID = { description: 'Correlates this answer with the logs.', schema: { type: 'string' } };
const TAG = {
  description: 'Identifies the state of the version; send it as `If-Match`.',
  schema: { type: 'string' },
};
const CHALLENGE = { description: 'How to sign in.', schema: { type: 'string' } };
const RETRY_AFTER = { description: 'In seconds.', schema: { type: 'integer', minimum: 1 } };

function answerHeaders({ path }: RouteDescription) {
  return { 'X-Request-Id': REQUEST_ID, ...(path.endsWith('/prerequisites') && { ETag: TAG }) };
}

function errorHeaders(status: HttpErrorStatus, { headers = [] }: RouteDescription) {
  return {
    'X-Request-Id': REQUEST_ID,
    ...(status === 401 && { 'WWW-Authenticate': CHALLENGE }),
    ...((status === 429 || status === 503) && { 'Retry-After': RETRY_AFTER }),
    ...(status === 409 && headers.includes('If-Match') && { ETag: TAG }),
  };
}

function errorResponses(route: RouteDescription) {
  const codes = codesOf(route);
  const statuses = [...new Set(codes.map((code) => HTTP_ERRORS[code].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = codes.filter((code) => HTTP_ERRORS[code].status === status);
      const refs = ofStatus.map((code) => refTo(errorOf(code)));
      return [
        status,
        {
          description: ofStatus.map((code) => `\`${code}\`: ${HTTP_ERRORS[code].meaning}`).join('\n\n'),
          headers: errorHeaders(status, route),
          content: {
            'application/json': {
              schema: refs.length === 1 ? refs[0] : { oneOf: refs },
              examples: Object.fromEntries(
                ofStatus.map((code) => [code, { value: { error_code: code, ...ERROR_EXAMPLES[code] } }]),
              ),
            },
          },
        },
      ];
    }),
  );
}

/** The schema of the `data` of events. */
const STREAM = { type: 'string', contentMediaType: 'application/json', contentSchema: refTo(buildEvent) };

/** Refers to a schema by its name; a schema without a name is inlined. */
function refTo(schema: z.ZodType) {
  const id = namedSchemas.get(schema)?.id;
  return id === undefined ? toJsonSchema(schema, 'input') : { $ref: `#/components/schemas/${id}` };
}
