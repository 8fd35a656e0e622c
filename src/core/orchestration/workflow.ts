import type { BindingFacts } from '../build/facts.js';

/** What a workflow is made of. */
export interface WorkflowContent {
  readonly automationName: string;
  /** The blueprint as it is stored. */
  readonly blueprintJson: string;
}

/**
 * The body of `POST /wrk-api/workflows`, byte for byte.
 *
 * The blueprint goes in as it is stored: printing it again would cost digits of large numbers.
 */
export function workflowRequestBody(
  tenantId: string,
  { automationName, blueprintJson }: WorkflowContent,
): string {
  return `{"name":${JSON.stringify(automationName)},"blueprint":${blueprintJson},"tenant_id":${JSON.stringify(tenantId)}}`;
}

/**
 * The key under which WRK keeps one workflow for this content: another for other bytes, and another once ops have
 * asked for a fresh one. `bodyHash` is the caller's, over the bytes that are sent.
 */
export function idempotencyKey(
  { id, keyGeneration }: Pick<BindingFacts, 'id' | 'keyGeneration'>,
  bodyHash: string,
): string {
  return keyGeneration === 0 ? `${id}.${bodyHash}` : `${id}.${bodyHash}.${keyGeneration}`;
}
