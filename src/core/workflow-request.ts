import type { AutomationVersionFacts } from './facts.js';

/**
 * The body of `POST /wrk-api/workflows`, byte for byte.
 *
 * The blueprint goes in as it is stored: printing it again would cost digits of large numbers.
 */
export function workflowRequestBody(
  tenantId: string,
  { automationName, blueprintJson }: Pick<AutomationVersionFacts, 'automationName' | 'blueprintJson'>,
): string {
  return `{"name":${JSON.stringify(automationName)},"blueprint":${blueprintJson},"tenant_id":${JSON.stringify(tenantId)}}`;
}
