import * as z from 'zod';
import { ROUTES } from '../routes/all-routes.js';
import { namedSchemas } from '../schemas/registry.js';
import { operationOf } from './operation.js';

/** What only the host knows of its API. */
export interface DocumentOptions {
  /** What stands before `/v1`, or a whole address. Default nothing. */
  readonly basePath?: string;
  /** Default `Builds`. */
  readonly title?: string;
  /** How callers sign in, as OpenAPI's security schemes; any one of them will do. Default a bearer token. */
  readonly securitySchemes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** An OpenAPI 3.1 document: plain JSON. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

/**
 * The OpenAPI 3.1 document of the HTTP surface, made from the schemas that requests are held against.
 *
 * @example
 * ```ts
 * writeFileSync('openapi.json', JSON.stringify(openApiDocument({ basePath: '/api' })));
 * ```
 */
export function openApiDocument({
  basePath = '',
  title = 'Builds',
  securitySchemes = { session: { type: 'http', scheme: 'bearer' } },
}: DocumentOptions = {}): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title,
      version: '1.0.0',
      description: 'Requests builds of automation versions, and lets the ops team follow and steer them.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    tags: [
      { name: 'Builds', description: 'Requesting a build.' },
      { name: 'Operations', description: 'Following and steering builds.' },
    ],
    security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    paths,
    // After the paths: schemas of errors come to be when an operation names them.
    components: { securitySchemes, schemas: schemasOf() },
  };
}

function schemasOf(): Readonly<Record<string, unknown>> {
  const { schemas } = z.toJSONSchema(namedSchemas, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _dialect, $id: _address, ...schema }]) => [id, schema]),
  );
}
