import * as z from 'zod';

/** The schemas that the OpenAPI document names, so that a generated client has a type for each. */
export const namedSchemas = z.registry<{ readonly id: string }>();

/** Gives a schema a name in the OpenAPI document, with what it is and, for bodies and answers, what it may look like. */
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
