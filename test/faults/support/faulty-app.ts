import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { secret, wrkHttp } from '../../../src/adapters/wrk-http/index.js';
import type { DuplicatePolicy, WrkAnswer } from '../../../src/core/orchestration/wrk-answer.js';
import type { WorkflowCall } from '../../../src/ports/wrk-platform-client.js';
import type { StorageHarness } from '../../../src/testing/storage-harness.js';
import { createFakeWrk, type FakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import type { FakeWrkOptions } from '../../../src/testing/wrk/fake-wrk-records.js';
import { startFakeWrkServer } from '../../../src/testing/wrk/fake-wrk-server.js';
import { type AppOptions, type AppStorage, openApp } from '../../support/app.js';

/** Long enough for WRK to have taken the call, and short enough to be waited for. */
const SHORT_DEADLINE_MS = 400;

/** A store that faults happen in. */
export type FaultStore<Tx> = AppStorage<Tx> & Pick<StorageHarness<Tx>, 'host' | 'libraryRows'>;

/** What a process is told. */
export interface ProcessOptions<Tx> extends Pick<AppOptions<Tx>, 'retry' | 'circuitBreaker'> {
  /** Its own way to the store; default: straight. */
  readonly storage?: AppStorage<Tx>;
  /** Default: by idempotency key. Lookups go straight to the fake. */
  readonly duplicates?: DuplicatePolicy;
  /** How many calls, from the first, have a deadline that a test waits for. Default none: 30,000 ms is not got near. */
  readonly impatient?: number;
  /** Default: the fake's. */
  readonly wrkUrl?: string;
  /** How it looks workflows up. Default: the fake's. */
  readonly find?: FakeWrk['find'];
  /** How long the host's functions take before each call, in milliseconds. Default: they do nothing. */
  readonly late?: { readonly token?: number; readonly hook?: number };
  /** What happens in this process around each call. `post` makes it, once. */
  readonly around?: (post: () => Promise<WrkAnswer>, call: WorkflowCall) => Promise<WrkAnswer>;
}

/** An app with a WRK behind real HTTP, and as many other processes over both as a test opens. */
export async function openFaultyApp<Tx>(store: FaultStore<Tx>, kind: FakeWrkOptions = {}) {
  const fake = createFakeWrk(kind);
  const server = await startFakeWrkServer(fake);
  onTestFinished(server.close);

  /** Opens another process. An open circuit breaker is tried again at once, so that it is in nobody's way. */
  const another = ({
    storage = store,
    duplicates = { by: 'idempotency-key' },
    impatient = 0,
    wrkUrl = server.url,
    find = fake.find,
    late = {},
    around = (post) => post(),
    retry,
    circuitBreaker,
  }: ProcessOptions<Tx> = {}) => {
    const clientWith = (deadlineMs: number) =>
      wrkHttp({
        baseUrl: wrkUrl,
        deadlineMs,
        ...(late.token && { token: () => sleep(late.token, secret('a-token-of-the-host')) }),
        hooks: { beforeRequest: () => sleep(late.hook ?? 0, undefined) },
        duplicates: duplicates.by === 'lookup' ? { ...duplicates, find } : duplicates,
      });
    const patient = clientWith(30_000);
    const hurried = clientWith(SHORT_DEADLINE_MS);
    let calls = 0;
    return openApp<Tx, AppStorage<Tx>>(storage, {
      fake,
      wrk: {
        ...patient,
        createWorkflow: (call) => {
          calls += 1;
          const client = calls <= impatient ? hurried : patient;
          return around(() => client.createWorkflow(call), call);
        },
      },
      retry: { initialDelayMs: 1, jitter: 0, ...retry },
      circuitBreaker: { initialProbeDelayMs: 1, maxProbeDelayMs: 1, ...circuitBreaker },
    });
  };
  return { ...another(), store, server, another };
}

/** Two notifications to ops, as the plan has them. */
export const TO_OPS = ['email to ops_team', 'in_app to ops_team'];

/** Ends when the caller hangs up, and not before: what a process does that has died, or that hangs. */
export function silence({ signal }: Pick<WorkflowCall, 'signal'>): Promise<WrkAnswer> {
  const aborted = { kind: 'aborted', detail: 'the process is gone' } as const;
  return new Promise((resolve) => {
    if (signal.aborted) resolve(aborted);
    signal.addEventListener('abort', () => resolve(aborted), { once: true });
  });
}
