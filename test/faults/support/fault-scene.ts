import { onTestFinished } from 'vitest';
import { wrkHttp } from '../../../src/adapters/wrk-http/index.js';
import type { CircuitBreakerOptions } from '../../../src/core/circuit-breaker/circuit-breaker.js';
import type { RetryOptions } from '../../../src/core/orchestration/retry-policy.js';
import type { DuplicatePolicy, WrkAnswer } from '../../../src/core/orchestration/wrk-answer.js';
import { createBuilds } from '../../../src/create-builds.js';
import type { BuildEvent } from '../../../src/observability/events.js';
import type { Capabilities } from '../../../src/ports/capabilities.js';
import type { WorkflowCall } from '../../../src/ports/wrk-platform-client.js';
import { buildableProject } from '../../../src/testing/builders.js';
import type { StorageHarness } from '../../../src/testing/storage-harness.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import type { FakeWrkOptions } from '../../../src/testing/wrk/fake-wrk-records.js';
import { startFakeWrkServer } from '../../../src/testing/wrk/fake-wrk-server.js';
import type { WorkerOptions } from '../../../src/workers/start-workers.js';
import { until } from '../../workers/support/until.js';

/** Long enough for WRK to have taken the call, and short enough to be waited for. */
const SHORT_DEADLINE_MS = 400;

type Storage<Tx> = Pick<StorageHarness<Tx>, 'repository' | 'queue' | 'auditLog' | 'fused'> & Capabilities<Tx>;

/** A store that faults happen in. */
export type FaultStore<Tx> = Storage<Tx> & Pick<StorageHarness<Tx>, 'host' | 'libraryRows'>;

/** What a process of a scene is told. */
export interface ProcessOptions<Tx> {
  /** Its own way to the store; default: straight. */
  readonly storage?: Storage<Tx>;
  /** Default: by idempotency key. Lookups go straight to the fake. */
  readonly duplicates?: DuplicatePolicy;
  /** How many calls, from the first, have a deadline that a test waits for. Default none: 30,000 ms is not got near. */
  readonly impatient?: number;
  /** Default: the fake's. */
  readonly wrkUrl?: string;
  /** What happens in this process around each call. `post` makes it, once. */
  readonly around?: (post: () => Promise<WrkAnswer>, call: WorkflowCall) => Promise<WrkAnswer>;
  readonly retry?: RetryOptions;
  /** Default: tried again at once, so that it is in nobody's way. */
  readonly circuitBreaker?: CircuitBreakerOptions;
}

/** A host's store with a WRK behind real HTTP, and as many processes over both as a test opens. */
export async function openFaultScene<Tx>(store: FaultStore<Tx>, kind: FakeWrkOptions = {}) {
  const fake = createFakeWrk(kind);
  const server = await startFakeWrkServer(fake);
  onTestFinished(server.close);
  const nobody = { deliver: async () => ({ status: 'delivered' as const }) };

  /** A process that uses the library. Its workers look often, and only those of builds run. */
  const openProcess = ({
    storage = store,
    duplicates = { by: 'idempotency-key' },
    impatient = 0,
    wrkUrl = server.url,
    around = (post) => post(),
    retry,
    circuitBreaker,
  }: ProcessOptions<Tx> = {}) => {
    const events: BuildEvent[] = [];
    const clientWith = (deadlineMs: number) =>
      wrkHttp({
        baseUrl: wrkUrl,
        deadlineMs,
        duplicates: duplicates.by === 'lookup' ? { by: 'lookup', find: fake.find } : duplicates,
      });
    const patient = clientWith(30_000);
    const hurried = clientWith(SHORT_DEADLINE_MS);
    let calls = 0;
    const builds = createBuilds({
      ...storage,
      wrk: {
        ...patient,
        createWorkflow: (call) => {
          calls += 1;
          const client = calls <= impatient ? hurried : patient;
          return around(() => client.createWorkflow(call), call);
        },
      },
      notifiers: { email: nobody, inApp: nobody },
      resolveRecipients: async () => [],
      retry: { initialDelayMs: 1, jitter: 0, ...retry },
      circuitBreaker: { initialProbeDelayMs: 1, maxProbeDelayMs: 1, ...circuitBreaker },
      onEvent: (event) => events.push(event),
    });
    const count = (type: BuildEvent['type']) => events.filter((event) => event.type === type).length;
    const happened = (type: BuildEvent['type'], times = 1) => until(() => count(type) >= times);
    const start = (options: WorkerOptions = {}) => {
      const workers = builds.startWorkers({
        pollIntervalMs: 5,
        sweepIntervalMs: 3_600_000,
        ...options,
        concurrency: { notifications: 0, ...options.concurrency },
      });
      onTestFinished(() => workers.stop({ graceMs: 0 }));
      return workers;
    };
    return {
      builds,
      events,
      count,
      happened,
      start,
      /** Works until this has happened, and stops in good order. */
      workUntil: async (type: BuildEvent['type'], times = 1) => {
        const workers = start();
        await happened(type, times);
        await workers.stop();
      },
      /** The kinds of WRK's answers, in order. */
      answers: () => events.flatMap((event) => (event.type === 'wrk_answered' ? [event.answer] : [])),
    };
  };

  const bindingOf = async (bindingId: string) =>
    (await store.libraryRows()).bindings.find((row) => row.id === bindingId);

  return {
    fake,
    server,
    openProcess,
    /** Puts a project into the store and requests its build. */
    accept: async (name = 'project') => {
      const project = buildableProject({ name });
      await store.host.insert(project.rows);
      const { tenantId, versionId: automationVersionId } = project;
      const input = { tenantId, automationVersionId, trigger: 'auto_build' } as const;
      const answer = await openProcess().builds.requestBuild(input);
      return { ...project, bindingId: answer._unsafeUnwrap().bindingId };
    },
    bindingOf,
    /** The ledger of a build, oldest call first. */
    callsOf: async (bindingId: string) =>
      (await store.libraryRows()).calls
        .filter((row) => row.binding_id === bindingId)
        .toSorted((one, other) => Number(one.number) - Number(other.number)),
    /** How often this was written to the audit log. */
    audited: async (action: string) =>
      (await store.libraryRows()).audit.filter((row) => row.action_type === action).length,
    /** Who is told of this, from the messages that wait. */
    told: async (template: string) =>
      (await store.libraryRows()).messages.flatMap(({ body }) => {
        const message: { template?: string; channel?: string; audience?: string } = Object(body);
        return message.template === template ? [`${message.channel} to ${message.audience}`] : [];
      }),
    /** How many workflows each reference has, by WRK's own count. */
    made: () => Object.fromEntries(fake.workflowsByReference()),
  };
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
