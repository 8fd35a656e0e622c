import type { HttpErrorCode } from '../error-codes.js';
import {
  OTHER_VERSION,
  VERSION,
  VERSION_MOMENT,
  WORKFLOW_ID,
  WORKFLOW_URL,
} from '../schemas/example-values.js';

const unsigned = { code: 'quote_not_signed', message: 'The quote is not signed: have it signed first.' };
const gap = { path: 'edges.0.target', message: 'ends on “b”, and no node has that id' };
const incomplete = {
  code: 'blueprint_incomplete',
  message: 'The blueprint is incomplete: fix what is listed.',
  findings: [gap],
};

/** What each code may look like. */
export const ERROR_EXAMPLES: Readonly<
  Record<HttpErrorCode, { readonly message: string; readonly details?: unknown }>
> = {
  invalid_input: {
    message: 'The input cannot be read: fix what is listed.',
    details: { findings: [{ path: 'body', message: 'Unrecognized key: "tenant_id"' }] },
  },
  quote_not_signed: { message: unsigned.message, details: { missing: [unsigned] } },
  blueprint_incomplete: { message: incomplete.message, details: { missing: [incomplete] } },
  missing_prerequisites: {
    message: 'Prerequisites are missing: settle what is listed.',
    details: { missing: [unsigned, incomplete] },
  },
  not_authenticated: { message: 'Sign in first.' },
  forbidden: { message: 'This takes one of the roles ops_build, admin.' },
  origin_not_allowed: {
    message: 'Send changes from a page of the application, whose origin the host allows.',
  },
  not_found: { message: 'There is no such path: see “/v1/openapi.json” for those there are.' },
  automation_version_not_found: { message: 'There is no such automation version: check the id.' },
  ready_for_build_version_not_found: {
    message: 'No version of the project is ready for build: bring one to “Ready for Build” first.',
  },
  build_not_found: { message: 'There is no such build: check the id.' },
  method_not_allowed: { message: 'This path is not for PUT: use PATCH.' },
  build_already_in_progress: {
    message: 'The version is being built: wait for it to end.',
    details: { automation_version_id: VERSION, binding_status: 'pending' },
  },
  version_already_built: {
    message: 'The version is built: put changes into a new version.',
    details: { workflow_id: WORKFLOW_ID, workflow_url: WORKFLOW_URL },
  },
  invalid_status_transition: {
    message: 'No build may start from “Live”.',
    details: { status: 'Live', startable_statuses: ['Ready for Build', 'Awaiting Client Approval'] },
  },
  concurrency_conflict: {
    message: 'The version has changed since you saw it: look at it again.',
    details: { status: 'Ready for Build', updated_at: VERSION_MOMENT },
  },
  multiple_ready_for_build_versions: {
    message: 'Several versions of the project are ready for build: request the one you mean by its id.',
    details: { automation_version_ids: [VERSION, OTHER_VERSION] },
  },
  wrong_build_status: {
    message: 'The build is pending: look at it again.',
    details: { status: 'pending', wanted: ['error'] },
  },
  wrong_error_reason: {
    message: 'The build has failed for another reason: look at it again.',
    details: { error_reason: 'blueprint_rejected' },
  },
  call_under_way: { message: 'A worker is at the build: wait until its call has ended.' },
  not_buildable: {
    message: 'The version is not being built any more: cancel the build.',
    details: { automation_version_status: 'Archived' },
  },
  sibling_in_progress: {
    message: 'Another version of the project is being built: wait for it to end.',
    details: { automation_version_id: OTHER_VERSION },
  },
  duplicate_risk: {
    message: 'A call may have made a workflow: look for it at WRK and adopt it, or accept the risk.',
    details: { calls: [{ run: 1, number: 4, workflow_id: null, workflow_url: null }] },
  },
  workflow_taken: {
    message: 'Workflow wf_1 belongs to another build: find out at WRK whose it is.',
    details: { workflow_id: WORKFLOW_ID },
  },
  body_too_large: { message: 'The body is too large: send at most 65536 bytes.' },
  uri_too_long: { message: 'Path and query are too long: 4096 characters at most.' },
  unsupported_media_type: { message: 'Send JSON, with the header “Content-Type: application/json”.' },
  idempotency_key_reused: {
    message: 'The idempotency key belongs to another request: give this one a key of its own.',
  },
  rate_limited: { message: 'Too many requests: send it again in 3 s.' },
  too_many_streams: { message: 'The tenant has 100 event streams open: close one first.' },
  headers_too_large: { message: 'The headers are too long: 16384 characters at most.' },
  internal_error: {
    message:
      'Something failed on our side: send it again with the same Idempotency-Key, and if it stays so tell us the request id.',
  },
  unavailable: {
    message:
      'We cannot answer just now, and it may have been carried out: send it again with the same Idempotency-Key, or look first.',
  },
};
