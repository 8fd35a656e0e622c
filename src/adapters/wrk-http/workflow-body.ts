import * as z from 'zod';
import { isWrkId, MAX_WORKFLOW_URL_LENGTH } from '../../core/input/workflow-text.js';

const wrkId = z.string().refine(isWrkId);
const createdSchema = z.object({
  workflow_id: wrkId,
  workflow_url: z.string().min(1).max(MAX_WORKFLOW_URL_LENGTH),
  tenant_id: z.unknown().optional(),
});
const existingSchema = z.object({
  workflow_id: wrkId.nullable().catch(null),
  workflow_url: z.string().nullable().catch(null),
  reference: wrkId.nullable().catch(null),
  tenant_id: z.unknown().optional(),
});

/** The rules that an answer of WRK must pass before anything of it is used. */
export interface WorkflowRules {
  /** The tenant that the call was made for. */
  readonly tenantId: string;
  readonly isUrlAllowed: (url: string) => boolean;
  /** Whether a text contains one of our secrets: the workflow would be stored, and its URL sent to people. */
  readonly carriesSecret: (text: string) => boolean;
}

/** A workflow from WRK, or the reason why it cannot be used. */
export type WorkflowBody =
  | { readonly usable: true; readonly workflowId: string; readonly workflowUrl: string }
  | { readonly usable: false; readonly why: string };

const unusable = (why: string): WorkflowBody => ({ usable: false, why });

/** Reads `{ workflow_id, workflow_url, tenant_id? }`. The reason of a problem never quotes the body. */
export function readCreated(json: unknown, rules: WorkflowRules): WorkflowBody {
  if (json === undefined) return unusable('it is not JSON');
  const read = createdSchema.safeParse(json);
  if (!read.success) {
    const key = read.error.issues[0]?.path[0];
    return unusable(key === undefined ? 'it is not a JSON object' : `it has no usable ${String(key)}`);
  }
  if (isForeign(read.data.tenant_id, rules)) return unusable('it names another tenant');
  return believed(read.data.workflow_id, read.data.workflow_url, rules);
}

/** Checks a workflow's id and URL against the rules, wherever they came from. */
export function readWorkflow(id: unknown, url: unknown, rules: WorkflowRules): WorkflowBody {
  return readCreated({ workflow_id: id, workflow_url: url }, rules);
}

/** The existing workflow that a 409 names: each part if it passes the rules, otherwise `null`. */
export function readExisting(
  json: unknown,
  rules: WorkflowRules,
): { workflowId: string | null; workflowUrl: string | null; reference: string | null } {
  const read = existingSchema.safeParse(json);
  if (!read.success || isForeign(read.data.tenant_id, rules)) {
    return { workflowId: null, workflowUrl: null, reference: null };
  }
  const unlessSecret = (text: string | null) => (text !== null && rules.carriesSecret(text) ? null : text);
  const url = unlessSecret(read.data.workflow_url);
  return {
    workflowId: unlessSecret(read.data.workflow_id),
    workflowUrl: url !== null && rules.isUrlAllowed(url) ? url : null,
    reference: unlessSecret(read.data.reference),
  };
}

function believed(workflowId: string, workflowUrl: string, rules: WorkflowRules): WorkflowBody {
  if (!rules.isUrlAllowed(workflowUrl)) return unusable('its workflow_url is not allowed');
  if (rules.carriesSecret(workflowId) || rules.carriesSecret(workflowUrl))
    return unusable('it contains our token');
  return { usable: true, workflowId, workflowUrl };
}

function isForeign(tenantId: unknown, rules: WorkflowRules): boolean {
  return tenantId !== undefined && tenantId !== null && String(tenantId) !== rules.tenantId;
}
