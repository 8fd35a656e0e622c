import * as z from 'zod';
import { storableText } from '../../../core/input/text.js';

type JsonSchema = Readonly<Record<string, unknown>>;

/** Zod writes patterns down without their flags. */
const WITH_FLAG = patternOf(storableText);

/**
 * The same texts as `storableText` takes, for whoever reads patterns with the flag `u` and for whoever reads them without:
 * then a character outside of the first plane is two halves.
 */
export const STORABLE_PATTERN = '^(?:[^\\u0000\\uD800-\\uDFFF]|[\\uD800-\\uDBFF][\\uDC00-\\uDFFF])*$';

const OPTIONS = {
  override: ({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }) => {
    if (jsonSchema.pattern === WITH_FLAG) jsonSchema.pattern = STORABLE_PATTERN;
    // What zod says of every whole number tells a reader nothing.
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  },
} as const;

/**
 * One schema written out. `io` is the side of a transformation that is meant: what zod reads (`input`), or what it makes of
 * it (`output`).
 */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): z.core.JSONSchema.BaseSchema {
  const {
    $schema: _dialect,
    '~standard': _validator,
    ...written
  } = z.toJSONSchema(schema, { ...OPTIONS, io });
  return written;
}

/** Named schemas, which point at one another by their names. */
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
