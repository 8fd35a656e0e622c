import * as z from 'zod';
import { START_REFUSALS } from '../error-codes.js';
import { errorOf, missingPrerequisite } from './errors.js';
import { VERSION, VERSION_MOMENT } from './example-values.js';
import { named } from './registry.js';

const UNSIGNED = {
  code: 'quote_not_signed' as const,
  message: 'The quote is not signed: have the client sign it first.',
};

const PREREQUISITE_REFUSALS = ['quote_not_signed', 'blueprint_incomplete', 'missing_prerequisites'] as const;
const isPrerequisiteRefusal = (code: string) => PREREQUISITE_REFUSALS.some((each) => each === code);

export const preview = named(
  'Preview',
  z.object({
    automation_version_id: z.string().nullable(),
    automation_version_status: z.string().nullable(),
    updated_at: z
      .string()
      .nullable()
      .describe(
        '`updated_at` of the version: send it as `last_known_updated_at`, or better the `ETag` as `If-Match`.',
      ),
    refusal: z
      .union([
        z.object({ error_code: z.enum(PREREQUISITE_REFUSALS), message: z.string() }),
        ...START_REFUSALS.filter((code) => !isPrerequisiteRefusal(code)).map(errorOf),
      ])
      .nullable()
      .describe(
        'Why a request would be refused; `null` if it would be accepted. What is missing is listed in `prerequisites`.',
      ),
    prerequisites: z.array(
      z.object({
        prerequisite: z.enum(['quote', 'blueprint', 'project', 'blocking_issues', 'host']),
        met: z.boolean(),
        missing: z.array(missingPrerequisite),
      }),
    ),
  }),
  'Whether a request for a build would be accepted.',
  {
    automation_version_id: VERSION,
    automation_version_status: 'Ready for Build',
    updated_at: VERSION_MOMENT,
    refusal: { error_code: 'quote_not_signed', message: UNSIGNED.message },
    prerequisites: [
      { prerequisite: 'quote', met: false, missing: [UNSIGNED] },
      { prerequisite: 'blueprint', met: true, missing: [] },
      { prerequisite: 'project', met: true, missing: [] },
      { prerequisite: 'blocking_issues', met: true, missing: [] },
      { prerequisite: 'host', met: true, missing: [] },
    ],
  },
);
