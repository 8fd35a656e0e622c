import * as z from 'zod';

/** The schemas with a name in the OpenAPI document, so that a generated client has a type for each. */
export const namedSchemas = z.registry<{ readonly id: string }>();

/** Gives a schema a name and a description in the OpenAPI document and, for bodies and answers, an example. */
export function named<Schema extends z.ZodType>(
  id: string,
  schema: Schema,
  description: string,
  example?: z.input<Schema>,
): Schema {
  const described = schema.meta({ description, ...(example !== undefined && { examples: [example] }) });
  namedSchemas.add(described, { id });
  return described;
}
