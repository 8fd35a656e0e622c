import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type {
  BuildEvent,
  Builds,
  Notification,
  Notifier,
  RequestAnswer,
  RequestBuildInput,
  ResolveRecipients,
  WorkerOptions,
} from 'wrk-builds';
import type { WrkPlatformClient } from 'wrk-builds/ports';
import {
  type BuildableProject,
  buildableProject,
  createFakeWrk,
  type FakeWrk,
  fakeWrkClient,
} from 'wrk-builds/testing';
import { stableId } from '../../../src/testing/builders.js';
import type { FlowStore, HostChoices } from './flow-stores.js';

/** How a request differs from the usual one, which names the version. */
export type RequestChanges =
  | Partial<Extract<RequestBuildInput, { readonly automationVersionId: string }>>
  | (Partial<RequestBuildInput> & { readonly projectId: string; readonly automationVersionId: undefined });

/** The user who asks for builds. */
export const USER = stableId('user');

/** Between two polls. Nothing depends on how long it is. */
const SHORT_WAIT_MS = 5;

/** What a test sets an app up with. */
export interface FlowAppOptions extends Partial<Pick<HostChoices, 'retry' | 'prerequisites'>> {
  /** Whether the host has a Slack notifier. Default false. */
  readonly slack?: boolean;
  /** How long WRK takes for an answer, in milliseconds. Default 0. */
  readonly latencyMs?: number;
  /** The way to WRK. Default: straight to the fake, with idempotency keys. */
  readonly wrk?: (fake: FakeWrk) => WrkPlatformClient | Promise<WrkPlatformClient>;
}

/** A host with one project that is ready for build, the library wired to it, and what comes of it. */
export interface FlowApp {
  readonly store: FlowStore;
  readonly project: BuildableProject;
  readonly builds: Builds;
  readonly fake: FakeWrk;
  readonly events: readonly BuildEvent[];
  /** What the e-mail and Slack notifiers were given, in order, each with the notifier's name. */
  readonly sent: readonly (Notification & { readonly over: 'email' | 'slack' })[];
  /** A request for the project's version through the PATCH trigger, unless told otherwise. */
  readonly input: (more?: RequestChanges) => RequestBuildInput;
  /** Requests a build that has to be accepted. */
  readonly accept: (more?: RequestChanges) => Promise<RequestAnswer>;
  /** Works on builds alone until one settles in one of these ways, by default until it has ended. */
  readonly buildUntil: (...settled: readonly BuildEvent['type'][]) => Promise<void>;
  /** Works on notifications alone until none is left. */
  readonly deliver: () => Promise<void>;
  /** Finishes everything: the build that was accepted, then what is left in the queues. */
  readonly work: () => Promise<void>;
}

/** Fills an empty store with one project, and wires the library to it. */
export async function openFlowApp(store: FlowStore, options: FlowAppOptions = {}): Promise<FlowApp> {
  const { slack = false, latencyMs = 0, wrk = straightTo, ...choices } = options;
  const seeded = buildableProject();
  const automationVersions = (seeded.rows.automationVersions ?? []).map((version) => ({
    ...version,
    blueprintJson: store.complete,
  }));
  const project = { ...seeded, rows: { ...seeded.rows, automationVersions } };
  await store.host.insert(project.rows);
  const fake = createFakeWrk({ keepsBodies: true, latencyMs });
  const events: BuildEvent[] = [];
  const sent: FlowApp['sent'][number][] = [];
  const listeners = new Set<(event: BuildEvent) => void>();
  const recorder = (over: 'email' | 'slack'): Notifier => ({
    deliver: async (notification) => {
      sent.push({ ...notification, over });
      return { status: 'delivered' };
    },
  });
  const builds = store.wire({
    retry: { initialDelayMs: 1, jitter: 0 },
    // What a circuit breaker keeps back is not what the flows are about.
    circuitBreaker: { failureThreshold: 1_000 },
    ...choices,
    wrk: await wrk(fake),
    notifiers: { email: recorder('email'), ...(slack ? { slack: recorder('slack') } : {}) },
    resolveRecipients: recipientsOf(store),
    onEvent: (event) => {
      events.push(event);
      for (const listen of listeners) listen(event);
    },
  });

  const settling = (types: readonly BuildEvent['type'][]) =>
    new Promise<void>((resolve) => {
      listeners.add(({ type }) => {
        if (types.includes(type)) resolve();
      });
    });
  const start = (workerOptions: WorkerOptions) => {
    const workers = builds.startWorkers({ pollIntervalMs: SHORT_WAIT_MS, ...workerOptions });
    // A test that fails half-way must not leave workers to the next one.
    onTestFinished(() => workers.stop({ graceMs: 0 }));
    return workers;
  };
  const input = (more: RequestChanges = {}): RequestBuildInput => ({
    tenantId: project.tenantId,
    automationVersionId: project.versionId,
    trigger: 'patch_status',
    userId: USER,
    ...more,
  });

  return {
    store,
    project,
    builds,
    fake,
    events,
    sent,
    input,
    accept: async (more) => {
      const accepted = await builds.requestBuild(input(more));
      if (accepted.isErr()) throw new Error(`The request was refused: ${JSON.stringify(accepted.error)}`);
      return accepted.value;
    },
    buildUntil: async (...settled) => {
      const end = settling(settled.length > 0 ? settled : ENDS);
      const workers = start({ concurrency: { notifications: 0 } });
      await end;
      await workers.stop();
    },
    deliver: async () => {
      const workers = start({ concurrency: { builds: 0 } });
      while ((await store.waiting('notifications')) > 0) await setTimeout(SHORT_WAIT_MS);
      await workers.stop();
    },
    work: async () => {
      const end = settling(ENDS);
      const workers = start({});
      await end;
      await workers.drain();
      await workers.stop();
    },
  };
}

/** The last two end a test's wait as well: it then finds what is missing. */
const ENDS: readonly BuildEvent['type'][] = [
  'build_completed',
  'build_failed',
  'lease_lost',
  'worker_problem',
];

function straightTo(fake: FakeWrk): WrkPlatformClient {
  return fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } });
}

/** One recipient for each audience, named after it; the project's owner and the assignee by their ids. */
function recipientsOf({ host }: FlowStore): ResolveRecipients {
  return async ({ audience, assigneeId, projectId }) => {
    switch (audience) {
      case 'solutions_engineer':
        return [{ id: assigneeId ?? 'nobody' }];
      case 'project_owner': {
        const { projects } = await host.read();
        const owner = projects.find((project) => project.id === projectId)?.ownerId;
        return owner ? [{ id: owner }] : [];
      }
      case 'client':
      case 'ops_team':
      case 'ops_channel':
        return [{ id: audience }];
    }
  };
}
