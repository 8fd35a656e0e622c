import type { BindingFacts, CallOutcome } from '../../../src/core/build/facts.js';
import type { BuildRecord, CallRecord } from '../../../src/core/views/build-record.js';
import { bindingFacts } from './request-facts.js';

/** A build that was requested a moment ago. */
export function buildRecord(
  change: Partial<Omit<BuildRecord, 'binding'>> & { readonly binding?: Partial<BindingFacts> } = {},
): BuildRecord {
  const { binding, ...rest } = change;
  return {
    tenantId: 'tenant-1',
    automationVersionId: 'version-1',
    binding: bindingFacts(binding),
    automationName: 'Lead routing',
    automationVersionStatus: 'Build in Progress',
    projectId: 'project-1',
    projectName: 'Lead routing for Ada',
    errorDetails: null,
    createdAt: '2026-11-21T08:00:00.000000Z',
    updatedAt: '2026-11-21T08:00:00.000000Z',
    dueInMs: 0,
    heldForMs: null,
    calls: [],
    callsInAll: rest.calls?.length ?? 0,
    lastAnswer:
      rest.calls?.findLast(
        ({ run, outcome }) => run === bindingFacts(binding).run && outcome !== null && outcome !== 'not_sent',
      )?.detail ?? null,
    circuitBreakers: [],
    ...rest,
  };
}

/** A row of the ledger, as ops see it. */
export function callRecord(number: number, outcome: CallOutcome | null, detail: string | null): CallRecord {
  return {
    id: `call-${number}`,
    run: 1,
    number,
    contentHash: 'content-1',
    outcome,
    detail,
    findings: [],
    findingsInAll: 0,
    workflowId: null,
    workflowUrl: null,
    startedAt: '2026-11-21T08:00:00.000000Z',
    durationMs: outcome === null ? null : 250,
    httpStatus: null,
    wrkRequestId: null,
  };
}
