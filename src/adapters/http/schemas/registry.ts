import * as z from 'zod';

/** The schemas that the OpenAPI document names, so that a generated client has a type for each. */
export const namedSchemas = z.registry<{
  readonly id: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
}>();

/** Gives a schema a name in the OpenAPI document. */
export function named<Schema extends z.ZodType>(
  id: string,
  schema: Schema,
  description?: string,
  example?: z.input<Schema>,
): Schema {
  namedSchemas.add(schema, {
    id,
    ...(description !== undefined && { description }),
    ...(example !== undefined && { examples: [example] }),
  });
  return schema;
}
