import type pg from 'pg';
import { nodePostgres, type PostgresStorage, postgres } from '../../../src/adapters/postgres/index.js';
import { createBuilds } from '../../../src/create-builds.js';
import type { BuildEvent } from '../../../src/observability/events.js';
import type { InboxOwner } from '../../../src/ports/in-app-inbox.js';
import { buildableProject, projectTask } from '../../../src/testing/builders.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { wrkBehaviour } from '../../../src/testing/wrk/fake-wrk-behaviour.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import { DEFAULT_HOST, type HostShape } from '../../contracts/support/host-shapes.js';
import { GRAPHS, STEPS } from '../../flows/support/blueprints.js';

/** What became of it: the status of each build, and everything that went wrong on the way. */
export interface ScenarioOutcome {
  readonly statuses: readonly unknown[];
  readonly problems: readonly string[];
}

/**
 * Everything that the library does to a database, once: a build that succeeds, one that fails until the circuit breaker opens and
 * opens it, one that WRK rejects; tasks that are there and tasks that are not; a notification that is sent again; the sweeps; a look at the
 * audit log and at an inbox.
 * `owner` makes the rows and looks at them; the library works through `pool`.
 */
export async function wholeScenario(
  shape: HostShape,
  owner: pg.Pool,
  pool: pg.Pool,
  name = 'scenario',
): Promise<ScenarioOutcome> {
  const blueprints = shape === DEFAULT_HOST ? GRAPHS : STEPS;
  const host = shape.host(async (text, values = []) => (await owner.query(text, [...values])).rows);
  const projects = ['good', 'flaky', 'rejected'].map((each) => buildableProject({ name: `${name} ${each}` }));
  for (const project of projects) {
    const { rows } = project;
    const versions = rows.automationVersions.map((version) => ({
      ...version,
      blueprintJson: blueprints.complete,
    }));
    const tasks = [projectTask(project, 'create-workflow', { status: 'complete' })];
    await host.insert({ ...rows, automationVersions: versions, tasks });
  }

  const storage = postgres(nodePostgres(pool), shape.options);
  const fake = createFakeWrk();
  const events: BuildEvent[] = [];
  const seen = new Set<string>();
  const builds = createBuilds({
    ...storage,
    ...('policy' in blueprints ? { blueprint: blueprints.policy } : {}),
    retry: { initialDelayMs: 1, jitter: 0, maxRetries: 999 },
    circuitBreaker: { failureThreshold: 1, initialProbeDelayMs: 1, maxProbeDelayMs: 1 },
    delivery: { initialDelayMs: 1 },
    retention: { deadLettersMs: 0, deliveryRecordsMs: 0, idempotencyAnswersMs: 0 },
    wrk: fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } }),
    notifiers: {
      inApp: storage.inAppNotifier,
      email: {
        deliver: async ({ key }) => {
          if (seen.has(key)) return { status: 'delivered' };
          seen.add(key);
          return { status: 'failed', retryable: true, reason: 'try again' };
        },
      },
    },
    resolveRecipients: async ({ audience }) => [{ id: audience }],
    onEvent: (event) => events.push(event),
  });

  const problems: string[] = [];
  const bindings: string[] = [];
  for (const { tenantId, versionId } of projects) {
    const request = {
      tenantId,
      automationVersionId: versionId,
      trigger: 'auto_build',
      idempotencyKey: versionId,
    } as const;
    try {
      const accepted = await builds.requestBuild(request);
      bindings.push(accepted.isOk() ? accepted.value.bindingId : accepted.error.code);
    } catch (problem) {
      problems.push(String(problem));
    }
  }
  const [, flaky, rejected] = bindings;
  fake.otherwise(({ reference }) => {
    if (reference === rejected) return wrkBehaviour.answers(422, { body: { errors: ['no'] } });
    const isTold = events.some(({ type }) => type === 'circuit_breaker_opened' || type === 'worker_problem');
    return reference === flaky && !isTold ? wrkBehaviour.answers(503) : wrkBehaviour.creates();
  });
  const workers = builds.startWorkers({
    pollIntervalMs: 10,
    sweepIntervalMs: 5,
  });
  const isDone = async () => {
    for (let look = 0; look < 200; look += 1) {
      const failed = events.some(({ type }) => type === 'worker_problem');
      const swept = events.some(({ type }) => type === 'old_rows_removed');
      if (failed || (swept && (await nothingIsLeft(owner)))) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    problems.push('the queues did not become empty, or nothing was swept');
  };
  await isDone();
  await workers.stop({ graceMs: 1_000 });
  for (const event of events) if (event.type === 'worker_problem') problems.push(event.problem);
  const [first] = projects;
  if (first) {
    const asked = { tenantId: first.tenantId, resourceId: first.versionId };
    const entries = await storage.auditLog
      .list(asked)
      .catch((problem: unknown) => [problems.push(`${problem}`)]);
    if (entries.length === 0) problems.push('the audit log is empty');
    const reader = { tenantId: first.tenantId, userId: 'project_owner' };
    const marked = await markAllRead(storage, reader).catch((problem: unknown) =>
      problems.push(`${problem}`),
    );
    if (marked === 0) problems.push('nobody was told in the application');
  }
  const { rows } = await owner.query(
    'select status from wrk_builds.workflow_bindings where id = any ($1::uuid[]) order by status',
    [bindings.filter((id) => /^[0-9a-f-]{36}$/.test(id))],
  );
  return { statuses: rows.map(({ status }) => status), problems };
}

const markAllRead = async ({ inAppInbox }: PostgresStorage, reader: InboxOwner) => {
  const [upTo] = await inAppInbox.list(reader);
  return upTo ? inAppInbox.markAllRead({ ...reader, upTo }) : 0;
};

/** A build in a worker's hands has no message, and may yet go back to the queue. */
const nothingIsLeft = async (owner: pg.Pool) =>
  (
    await owner.query(`
      select from wrk_builds.messages where dead_at is null
      union all select from wrk_builds.workflow_bindings where status = 'pending'`)
  ).rowCount === 0;
