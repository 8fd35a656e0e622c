import { expect } from 'vitest';
import type { DuplicatePolicy, WrkAnswer } from '../../../core/orchestration/wrk-answer.js';
import type { WorkflowCall, WrkPlatformClient } from '../../../ports/wrk-platform-client.js';
import type { FakeWrk } from '../../wrk/fake-wrk.js';
import type { FakeWrkAnswer, FakeWrkBehaviour } from '../../wrk/fake-wrk-behaviour.js';
import type { FakeWrkOptions } from '../../wrk/fake-wrk-records.js';

/** A client and the fake WRK it talks to. */
export interface WrkHarness {
  readonly fake: FakeWrk;
  readonly client: WrkPlatformClient;
}

/** One case of the contract of a `WrkPlatformClient`. */
export interface ContractCase {
  readonly title: string;
  /** Default: `{ by: 'idempotency-key' }`. */
  readonly duplicates?: DuplicatePolicy;
  /** Milliseconds. Default 30,000, which no case gets near. */
  readonly deadlineMs?: number;
  readonly wrk?: FakeWrkOptions;
  readonly run: (harness: WrkHarness) => Promise<void>;
}

export const TENANT = 'tenant-a';
export const URL_OF_OTHERS = 'https://app.wrk.example/workflows/theirs';
const SECRET = 'planted-secret-4711';

/** A body as the library sends it, around a blueprint in JSON text. */
export function bodyFor(tenantId: string, blueprint = '{"nodes":[{"id":"n1"}],"edges":[]}'): string {
  return `{"name":"Invoices","blueprint":${blueprint},"tenant_id":"${tenantId}"}`;
}

/** A lookup of `binding-1` of `tenant-a`, but for what is given. */
export function queryFor(
  own: Partial<Parameters<WrkPlatformClient['findWorkflow']>[0]> = {},
): Parameters<WrkPlatformClient['findWorkflow']>[0] {
  const { signal, mayBegin } = callFor();
  return {
    tenantId: TENANT,
    reference: 'binding-1',
    requestId: 'request-1',
    besides: null,
    signal,
    mayBegin,
    ...own,
  };
}

/** A call of `tenant-a` for `binding-1`, but for what is given. */
export function callFor(own: Partial<WorkflowCall> = {}): WorkflowCall {
  return {
    tenantId: TENANT,
    body: bodyFor(own.tenantId ?? TENANT),
    idempotencyKey: 'binding-1:hash-1',
    reference: 'binding-1',
    requestId: 'request-1',
    callId: 'call-1',
    signal: new AbortController().signal,
    mayBegin: () => true,
    ...own,
  };
}

/** The answer that tells of the fake's workflow of this number. */
export function created(number: number): WrkAnswer {
  return {
    kind: 'created',
    workflowId: `wf_${number}`,
    workflowUrl: `https://app.wrk.example/workflows/wf_${number}`,
  };
}

/** An answer of WRK with a secret in its body and its headers. */
export function secretive(body: Readonly<Record<string, unknown>> = {}): FakeWrkAnswer {
  return { body: { ...body, internal: SECRET }, headers: { 'x-internal': SECRET } };
}

/** One call to a WRK that takes it like this. It must be one request, and the detail one line without what WRK sent. */
export async function answerTo(
  { fake, client }: WrkHarness,
  behaviour: FakeWrkBehaviour,
  call = callFor(),
): Promise<WrkAnswer> {
  const before = fake.calls().length;
  fake.script(behaviour);
  const answer = await client.createWorkflow(call);
  expect(fake.calls().length - before, 'requests made for one call').toBe(1);
  if (answer.kind !== 'created') {
    expect(answer.detail).toMatch(/^[^\r\n]{1,300}$/);
    expect(answer.detail).not.toContain(SECRET);
  }
  return answer;
}
