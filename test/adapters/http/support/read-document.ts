import * as z from 'zod';
import { type OpenApiDocument, openApiDocument } from '../../../../src/adapters/http/index.js';

const content = z.looseObject({
  'application/json': z
    .looseObject({
      schema: z.record(z.string(), z.unknown()),
      examples: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
});
const operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })),
  requestBody: z.looseObject({ content }).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string(), content })),
});

/** The parts of the document that tests look into. */
const documentSchema = z.looseObject({
  info: z.looseObject({ description: z.string() }),
  servers: z.array(z.unknown()),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({
    schemas: z.record(
      z.string(),
      z.looseObject({
        description: z.string().optional(),
        examples: z.array(z.unknown()).optional(),
        properties: z.record(z.string(), z.looseObject({ const: z.unknown().optional() })).optional(),
      }),
    ),
  }),
});

/** The document as a reader finds it: plain JSON, of its own. */
export function readDocument(document: OpenApiDocument = openApiDocument()) {
  return documentSchema.parse(JSON.parse(JSON.stringify(document)));
}

/** Each operation of a document. */
export function operationsOf({ paths }: ReturnType<typeof readDocument>) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => ({ path, method, ...each })),
  );
}

/** The name of the schema that a reference points at. */
export function nameIn(reference: unknown): string {
  const { $ref } = z.object({ $ref: z.string() }).parse(reference);
  return $ref.replace('#/components/schemas/', '');
}
