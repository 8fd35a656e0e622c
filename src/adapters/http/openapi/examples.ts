import type { HttpErrorCode } from '../error-codes.js';
import { TENANT_REQUIRED } from '../routes/tenant-required.js';
import {
  OTHER_VERSION,
  VERSION,
  VERSION_MOMENT,
  WORKFLOW_ID,
  WORKFLOW_URL,
} from '../schemas/example-values.js';

const unsigned = {
  code: 'quote_not_signed',
  message: 'The quote is not signed: have the client sign it first.',
};
const gap = { path: 'edges[0].target', message: 'Set this to the id of a node, or remove the edge.' };
const incomplete = {
  code: 'blueprint_incomplete',
  message: 'The blueprint is incomplete: fix the listed problems, then request the build again.',
  findings: [gap],
  findings_in_all: 1,
};

/** An example of each error. */
export const ERROR_EXAMPLES: Readonly<
  Record<HttpErrorCode, { readonly message: string; readonly details?: unknown }>
> = {
  invalid_input: {
    message: 'The input is invalid: fix the listed problems.',
    details: { findings: [{ path: 'body.asignee_id', message: 'is unknown: did you mean “assignee_id”?' }] },
  },
  quote_not_signed: { message: unsigned.message, details: { missing: [unsigned] } },
  blueprint_incomplete: { message: incomplete.message, details: { missing: [incomplete] } },
  missing_prerequisites: {
    message: 'Several prerequisites are missing: fix the listed problems.',
    details: { missing: [unsigned, incomplete] },
  },
  tenant_required: { message: TENANT_REQUIRED },
  not_authenticated: { message: 'Sign in first.' },
  forbidden: { message: 'You need one of these roles: ops_build.' },
  origin_not_allowed: {
    message:
      'This origin is not allowed: send changes from a page whose origin the host lists in `allowedOrigins`.',
  },
  not_found: { message: 'There is no such path: see “/v1/openapi.json” for all paths.' },
  automation_version_not_found: { message: 'There is no such automation version: check the id.' },
  ready_for_build_version_not_found: {
    message: 'No version of the project is ready for build: move one to “Ready for Build” first.',
  },
  build_not_found: { message: 'There is no such build: check the id.' },
  method_not_allowed: { message: 'This path does not support PUT: use PATCH.' },
  build_already_in_progress: {
    message: 'The version is already being built: wait for the build to finish.',
    details: { automation_version_id: VERSION, binding_status: 'pending' },
  },
  version_already_built: {
    message: 'The version has already been built: put changes into a new version.',
    details: { workflow_id: WORKFLOW_ID, workflow_url: WORKFLOW_URL },
  },
  invalid_status_transition: {
    message:
      'A build cannot start from “Live”: move the version to “Ready for Build” or “Awaiting Client Approval” first.',
    details: { status: 'Live', startable_statuses: ['Ready for Build', 'Awaiting Client Approval'] },
  },
  concurrency_conflict: {
    message: 'The version has changed since you loaded it: load it again, then decide.',
    details: { status: 'Ready for Build', updated_at: VERSION_MOMENT, row_version: '4711' },
  },
  multiple_ready_for_build_versions: {
    message: 'Several versions of the project are ready for build: request the one you mean by its id.',
    details: { automation_version_ids: [VERSION, OTHER_VERSION] },
  },
  wrong_build_status: {
    message: 'The build is pending: wait for it to finish.',
    details: { status: 'pending', wanted: ['error'] },
  },
  wrong_error_reason: {
    message:
      'The build has since failed again, with blueprint_rejected: read it again, then retry it on its own.',
    details: { error_reason: 'blueprint_rejected' },
  },
  call_under_way: { message: 'A worker is calling WRK for this build: try again in a minute.' },
  not_buildable: {
    message:
      'The automation version is “Archived”: move it back to “Build in Progress”, or cancel the build.',
    details: { automation_version_status: 'Archived' },
  },
  sibling_in_progress: {
    message: 'Another version of the project is being built: wait for its build to finish.',
    details: { automation_version_id: OTHER_VERSION },
  },
  duplicate_risk: {
    message:
      'An earlier call may have created the workflow, and another call may create a duplicate: look for it in WRK and adopt it, or retry with acceptDuplicateRisk.',
    details: { calls: [{ run: 1, number: 4, workflow_id: null, workflow_url: null }] },
  },
  workflow_not_adoptable: {
    message:
      'Workflow wf_1 cannot be adopted: WRK has no such workflow for this tenant, or another build has it. Check the id in WRK.',
    details: { workflow_id: WORKFLOW_ID },
  },
  workflow_not_verified: {
    message:
      'WRK did not say whether it has workflow wf_1 for this tenant (the check did not finish within 30000 ms): send the command again.',
  },
  workflow_not_adopted: {
    message: 'WRK itself gave the build its workflow: put changes into a new version.',
  },
  version_moved_on: {
    message:
      'The automation version is “Live” by now: move it back to “QA & Testing” first, if nobody uses the workflow.',
    details: { automation_version_status: 'Live' },
  },
  body_too_large: { message: 'The body is too large: send at most 65536 bytes.' },
  uri_too_long: { message: 'The URL is too long: send at most 4096 characters.' },
  unsupported_media_type: { message: 'Send JSON in UTF-8 with the header “Content-Type: application/json”.' },
  idempotency_key_reused: {
    message: 'The idempotency key has already been used for a different request: use a new key.',
  },
  rate_limited: { message: 'Too many requests: try again in 3 s.' },
  too_many_costly_requests: {
    message: 'Another request with a large blueprint is being checked: send this one again in a moment.',
    details: { retry_after_ms: 1_000 },
  },
  too_many_streams: { message: 'You already have as many event streams open as you may: close one first.' },
  headers_too_large: { message: 'The headers are too long: send at most 16384 characters.' },
  internal_error: {
    message:
      'Something went wrong on our side: send the request again with the same Idempotency-Key. If it keeps failing, contact us with the request id.',
  },
  host_refused: {
    message: 'This change cannot be stored at the moment: contact us with the request id.',
  },
  unavailable: {
    message:
      'The service is temporarily unavailable, and the request may have been carried out: send it again with the same Idempotency-Key, or read the build first.',
  },
};
