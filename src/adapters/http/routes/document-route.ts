import { ok } from 'neverthrow';
import * as z from 'zod';
import { nothing } from '../schemas/inputs.js';
import { named } from '../schemas/registry.js';
import { defineRouteOfNoTenant } from './route.js';

const openApiDocument = named(
  'OpenApiDocument',
  z.record(z.string(), z.unknown()),
  'An OpenAPI 3.1 document.',
  { openapi: '3.1.0', info: { title: 'Builds', version: '1.0.0' }, paths: {} },
);

export const getDocument = defineRouteOfNoTenant({
  method: 'GET',
  path: '/v1/openapi.json',
  operationId: 'getOpenApiDocument',
  summary: 'Returns this document.',
  right: 'signed_in',
  query: nothing,
  body: nothing,
  answer: { status: 200, description: 'OpenAPI 3.1.', schema: openApiDocument },
  errors: [],
  handle: async ({ basePath }, { documentAt }) => ok({ body: documentAt(basePath) }),
});
