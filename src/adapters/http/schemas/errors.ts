import * as z from 'zod';
import type { RequestBuildError } from '../../../core/build/errors.js';
import { BINDING_STATUSES } from '../../../core/build/statuses.js';
import type { OpsError } from '../../../core/ops/ops-error.js';
import { HTTP_ERRORS, type HttpErrorCode } from '../error-codes.js';
import { named } from './registry.js';
import type { SnakeCased } from './snake-case.js';

const finding = named(
  'Finding',
  z.object({ path: z.string(), message: z.string() }),
  'One problem and the path where it is.',
);

const findings = z.object({ findings: z.array(finding) });

const inAll = z.int().describe('The number of all findings; `findings` has the first of them.');
const found = z.object({ findings: z.array(finding), findings_in_all: inAll });

export const missingPrerequisite = named(
  'MissingPrerequisite',
  z.discriminatedUnion('code', [
    z.object({ code: z.literal('quote_not_signed'), message: z.string() }),
    z.object({ code: z.literal('blueprint_incomplete'), message: z.string(), ...found.shape }),
    z.object({ code: z.literal('blocking_issue'), message: z.string(), task_id: z.string() }),
    z.object({ code: z.literal('project_missing'), message: z.string() }),
    z.object({ code: z.literal('project_ambiguous'), message: z.string(), project_ids: z.array(z.string()) }),
    z.object({ code: z.literal('host_prerequisite'), message: z.string(), prerequisite: z.string() }),
  ]),
  'A prerequisite that a build needs before it can start.',
);

const missing = z.object({ missing: z.array(missingPrerequisite) });

const call = z.object({
  run: z.int(),
  number: z.int(),
  workflow_id: z.string().nullable(),
  workflow_url: z.string().nullable(),
});

/** `host_refused` names parts of the host's schema, which callers do not see. */
type LibraryError = Exclude<RequestBuildError | OpsError, { readonly code: 'host_refused' }>;

/** The details of one code, in snake_case; `never` if it has none. */
type DetailsOf<Code extends LibraryError['code']> =
  Extract<LibraryError, { readonly code: Code }> extends infer Each
    ? Each extends { readonly details: infer Details }
      ? SnakeCased<NonNullable<Details>>
      : never
    : never;

type Detailed = {
  [Code in LibraryError['code']]: [DetailsOf<Code>] extends [never] ? never : Code;
}[LibraryError['code']];

/** The schema of `details` for each code that has them. The compiler checks it against the library's errors. */
const errorDetails: { readonly [Code in Detailed]: z.ZodType<DetailsOf<Code>> } = {
  invalid_input: findings,
  quote_not_signed: missing,
  blueprint_incomplete: z.union([missing, found]),
  missing_prerequisites: missing,
  multiple_ready_for_build_versions: z.object({ automation_version_ids: z.array(z.string()) }),
  build_already_in_progress: z.object({
    automation_version_id: z.string(),
    binding_status: z.enum(BINDING_STATUSES).nullable(),
  }),
  version_already_built: z.object({
    workflow_id: z.string().nullable(),
    workflow_url: z.string().nullable(),
  }),
  invalid_status_transition: z.object({ status: z.string(), startable_statuses: z.array(z.string()) }),
  concurrency_conflict: z.object({
    status: z.string(),
    updated_at: z.string().nullable(),
    row_version: z.string(),
  }),
  wrong_build_status: z.object({
    status: z.enum(BINDING_STATUSES),
    wanted: z.array(z.enum(BINDING_STATUSES)),
  }),
  wrong_error_reason: z.object({ error_reason: z.string().nullable() }),
  not_buildable: z.object({ automation_version_status: z.string().nullable() }),
  sibling_in_progress: z.object({ automation_version_id: z.string() }),
  duplicate_risk: z.object({ calls: z.array(call) }),
  workflow_not_adoptable: z.object({ workflow_id: z.string() }),
  version_moved_on: z.object({ automation_version_status: z.string() }),
  too_many_costly_requests: z.object({ retry_after_ms: z.int() }),
};

/** Codes whose details may be missing: a command names no version, and other statuses are up to the host. */
const OPTIONAL: readonly HttpErrorCode[] = ['concurrency_conflict', 'invalid_status_transition'];

const schemas = new Map<HttpErrorCode, z.ZodType>();

/** The schema of one error, with its own name in the OpenAPI document. */
export function errorOf(code: HttpErrorCode): z.ZodType {
  const known = schemas.get(code);
  if (known) return known;
  const details = detailsFor(code);
  const made = named(
    nameOf(code),
    z.object({ error_code: z.literal(code), message: z.string(), ...(details && { details }) }),
    `${HTTP_ERRORS[code].meaning} ${HTTP_ERRORS[code].remedy}`,
  );
  schemas.set(code, made);
  return made;
}

/** `internal_error` becomes `InternalError`, and `build_not_found` becomes `BuildNotFoundError`. */
function nameOf(code: HttpErrorCode): string {
  const words = code.split('_').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `${words.join('').replace(/Error$/, '')}Error`;
}

function detailsFor(code: HttpErrorCode): z.ZodType | null {
  const details = Object.entries(errorDetails).find(([name]) => name === code)?.[1];
  if (!details) return null;
  return OPTIONAL.includes(code) ? details.optional() : details;
}
