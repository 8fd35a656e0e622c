import { HTTP_ERRORS } from '../error-codes.js';
import type { DocumentOptions, OpenApiDocument } from '../handler-options.js';
import { ROUTES } from '../routes/all-routes.js';
import { namedSchemas } from '../schemas/registry.js';
import { checkDocumentOptions } from './document-options.js';
import { toJsonSchemas } from './json-schema.js';
import { operationOf } from './operation.js';
import { usedSchemas } from './used-schemas.js';

/** Codes for requests that reach no operation, so no operation lists them. */
const OF_NO_OPERATION = ['not_found', 'method_not_allowed'] as const;

const DESCRIPTION = [
  'Requests builds of automation versions, and lets the ops team monitor and manage them.',
  'Every error is `{ error_code, message, details? }`. Programs should read `error_code`, whose values never change.',
  ...OF_NO_OPERATION.map((code) => `\`${code}\` (${HTTP_ERRORS[code].status}): ${HTTP_ERRORS[code].meaning}`),
].join('\n\n');

/**
 * Returns the OpenAPI 3.1 document of the HTTP API, generated from the schemas that validate requests.
 *
 * @throws TypeError that lists every invalid option
 *
 * @example
 * ```ts
 * writeFileSync('openapi.json', JSON.stringify(openApiDocument({ basePath: '/api' })));
 * ```
 */
export function openApiDocument(options: DocumentOptions = {}): OpenApiDocument {
  checkDocumentOptions(options);
  const {
    basePath = '',
    title = 'Builds',
    securitySchemes = { session: { type: 'http', scheme: 'bearer' } },
  } = options;
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title,
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: serversAt(basePath),
    tags: [
      { name: 'Builds', description: 'Request builds.' },
      { name: 'Operations', description: 'Monitor and manage builds.' },
    ],
    security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    paths,
    // After the paths: an error's schema is created when an operation first refers to it.
    components: { securitySchemes, schemas: usedSchemas(paths, toJsonSchemas(namedSchemas)) },
  };
}

/** Creates the document on first use. Only `servers` differs from mount to mount. */
export function documentOf(
  options: Omit<DocumentOptions, 'basePath'> = {},
): (basePath: string) => OpenApiDocument {
  let made: OpenApiDocument | null = null;
  return (basePath) => {
    made ??= openApiDocument(options);
    return { ...made, servers: serversAt(basePath) };
  };
}

function serversAt(basePath: string): readonly { readonly url: string }[] {
  return [{ url: basePath === '' ? '/' : basePath }];
}
