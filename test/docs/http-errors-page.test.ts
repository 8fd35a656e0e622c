import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { HTTP_ERRORS, type HttpErrorCode } from '../../src/adapters/http/index.js';
import { errorOf, missingPrerequisite } from '../../src/adapters/http/schemas/errors.js';

const page = readFileSync(new URL('../../docs/http-errors.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| (\d+) \| `(\w+)` \| (.*) \| (.*) \| (.*) \|$/gm)].map(
  ([, status, code, meaning, remedy, details]) => ({
    status: Number(status),
    code,
    meaning,
    remedy,
    details,
  }),
);
const codes = Object.keys(HTTP_ERRORS).filter((code): code is HttpErrorCode => code in HTTP_ERRORS);

const detailed = z.object({
  properties: z.object({ details: z.unknown().optional() }),
  required: z.array(z.string()),
});
const fieldsSchema = z.object({ properties: z.record(z.string(), z.unknown()) });
const details = z.union([
  z.object({ anyOf: z.array(fieldsSchema) }).transform(({ anyOf }) => anyOf),
  fieldsSchema.transform((one) => [one]),
]);

/** The fields that the details of a code have by its schema, and whether they are always there. */
const detailsOf = (code: HttpErrorCode) => {
  const { properties, required } = detailed.parse(z.toJSONSchema(errorOf(code), { io: 'input' }));
  const fields = properties.details
    ? details.parse(properties.details).flatMap((each) => Object.keys(each.properties))
    : [];
  return { fields, mayBeMissing: fields.length > 0 && !required.includes('details') };
};

describe('the page of errors', () => {
  it('lists every code that there is and no other, by status, in the words of the code', () => {
    expect(rows.map(({ details: _details, ...row }) => row)).toEqual(
      codes.map((code) => ({ code, ...HTTP_ERRORS[code] })),
    );
    const statuses = rows.map(({ status }) => status);
    expect(statuses).toEqual(statuses.toSorted((left, right) => left - right));
  });

  it.each(codes)('names what the details of %s hold', (code) => {
    const told = rows.find((row) => row.code === code)?.details ?? '';
    const { fields, mayBeMissing } = detailsOf(code);
    expect([...told.matchAll(/`(\w+)`/g)].map(([, field]) => field)).toEqual(fields);
    expect(told.includes('may be missing')).toBe(mayBeMissing);
  });

  it('names every prerequisite that may be missing', () => {
    const part = page.split('`missing` is a list')[1] ?? '';
    const named = missingPrerequisite.options.map(({ shape }) => shape.code.value);
    expect(named.length).toBeGreaterThan(5);
    for (const code of named) expect(part).toContain(`\`${code}\``);
  });

  it('shows an error as it is sent', () => {
    const example: unknown = JSON.parse(page.split('```json\n')[1]?.split('```')[0] ?? '');
    expect(errorOf('wrong_build_status').parse(example)).toEqual(example);
  });
});
