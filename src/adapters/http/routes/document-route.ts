import { ok } from 'neverthrow';
import * as z from 'zod';
import { nothing } from '../schemas/inputs.js';
import { defineRoute } from './route.js';

export const getDocument = defineRoute({
  method: 'GET',
  path: '/v1/openapi.json',
  operationId: 'getOpenApiDocument',
  summary: 'This document.',
  right: 'signed_in',
  query: nothing,
  body: nothing,
  answer: { status: 200, description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) },
  errors: [],
  handle: async (_asked, { document }) => ok({ body: document }),
});
