import * as z from 'zod';
import { idText } from '../../../core/input/text.js';

type JsonSchema = Readonly<Record<string, unknown>>;

/** Zod emits patterns without their flags. */
const WITH_FLAG = patternOf(idText);

/**
 * Accepts the same texts as `storableText`, with or without the flag `u`: without it, a character outside the basic
 * plane is two surrogates.
 */
export const STORABLE_PATTERN = '^(?:[^\\u0000\\uD800-\\uDFFF]|[\\uD800-\\uDBFF][\\uDC00-\\uDFFF])*$';

const OPTIONS = {
  override: ({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }) => {
    if (jsonSchema.pattern === WITH_FLAG) jsonSchema.pattern = STORABLE_PATTERN;
    // Zod adds these bounds to every integer; they tell a reader nothing.
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  },
} as const;

/**
 * Converts one schema. `io` selects the side of a transformation: what zod reads (`input`) or what it returns
 * (`output`).
 */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): z.core.JSONSchema.BaseSchema {
  const {
    $schema: _dialect,
    '~standard': _validator,
    ...written
  } = z.toJSONSchema(schema, { ...OPTIONS, io });
  return written;
}

/** Converts named schemas, which refer to one another by name. */
export function toJsonSchemas(
  named: z.core.$ZodRegistry<{ readonly id: string }>,
): Readonly<Record<string, JsonSchema>> {
  const { schemas } = z.toJSONSchema(named, {
    ...OPTIONS,
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _dialect, $id: _address, ...schema }]) => [id, schema]),
  );
}

function patternOf(schema: z.ZodType): unknown {
  return z.toJSONSchema(schema).pattern;
}
