import { err, ok } from 'neverthrow';
import { type PostgresStorage, postgres } from 'wrk-builds/postgres';
import { TENANT } from '../../src/testing/builders.js';
import { acceptedDecision, completedDecision } from '../../src/testing/decision-builders.js';
import type { ExplainingDatabase } from './explain-first.js';

/** A version that nobody has asked to be built. */
export interface FreshVersion {
  readonly id: string;
  readonly tenantId: string;
}

const LEASE_MS = 60_000;

/** Runs every statement of the library once with work to do, and the large ones again with other work. */
export async function runStatements(
  { database, label, loseAnswerOf }: ExplainingDatabase,
  fresh: readonly FreshVersion[],
): Promise<void> {
  const storage = postgres(database);
  await requests(storage, fresh.slice(0, 64), label);
  await lostCommit(storage, fresh.slice(64, 65), label, loseAnswerOf);
  await builds(storage, label);
  await breakers(storage);
  await operations(storage, fresh[0]?.tenantId ?? '', label);
  await messages(storage, label);
  await notifications(storage);
  await sweeps(storage, label);
}

async function requests(
  { repository, fused, auditLog }: PostgresStorage,
  fresh: readonly FreshVersion[],
  label: (text: string) => void,
): Promise<void> {
  label('64 requests');
  const queries = fresh.map(({ id, tenantId }, n) => ({
    tenantId,
    target: { automationVersionId: id },
    idempotency: { operation: 'request_build', key: `new key ${n}` },
  }));
  const facts = await repository.loadRequests(queries);
  await fused.commit(
    facts.flatMap(({ candidates }, n) => {
      const [candidate] = candidates;
      const [tenantId, name] = [fresh[n]?.tenantId ?? '', `${n}`];
      return candidate
        ? [acceptedDecision(candidate, { tenantId, label: name, idempotencyKey: `new key ${n}` })]
        : [];
    }),
  );
  label('after a lock');
  await repository.loadRequests(queries.slice(0, 1), { waitMs: 1_000 });
  label('');
  const [first] = fresh;
  if (first) await auditLog.list({ tenantId: first.tenantId, resourceId: first.id });
  await repository.transaction(async (tx) => {
    await auditLog.append(tx, [
      {
        tenantId: TENANT,
        userId: null,
        actionType: 'message_refused',
        resourceType: 'workflow_binding',
        resourceId: TENANT,
        metadata: {},
      },
    ]);
    return err('only looked at');
  });
}

async function lostCommit(
  { repository, fused }: PostgresStorage,
  [version]: readonly FreshVersion[],
  label: (text: string) => void,
  loseAnswerOf: (name: string) => void,
): Promise<void> {
  if (!version) return;
  label('a commit whose answer was lost');
  const { tenantId, id } = version;
  const [facts] = await repository.loadRequests([
    { tenantId, target: { automationVersionId: id }, idempotency: null },
  ]);
  const candidate = facts?.candidates[0];
  if (!candidate) return;
  loseAnswerOf('wrk_builds_commit');
  await fused.commit([acceptedDecision(candidate, { tenantId, label: 'lost' })]);
}

async function builds(
  { repository, buildViews, fused }: PostgresStorage,
  label: (text: string) => void,
): Promise<void> {
  label('32 of 100,000 that are due');
  const { builds: taken } = await fused.claimDueBuilds({ limit: 32, leaseMs: LEASE_MS });
  const limits = {
    concurrency: { global: 1_000, perTenant: 50 },
    callsPerSecond: { global: 100, perTenant: 10 },
  };
  label('the first with limits, which adds buckets');
  await fused.claimDueBuilds({ limit: 32, leaseMs: LEASE_MS, limits });
  label('with all limits set');
  await fused.claimDueBuilds({ limit: 32, leaseMs: LEASE_MS, limits });
  label('32 builds');
  const references = taken.map(({ tenantId, binding }) => ({ tenantId, bindingId: binding.id }));
  const leases = taken.map(({ tenantId, binding }) => ({
    tenantId,
    bindingId: binding.id,
    fence: binding.fence,
  }));
  await repository.extendLeases(leases, { leaseMs: LEASE_MS });
  await repository.loadBuilds(references);
  await repository.claimBuilds(references, { leaseMs: LEASE_MS });
  label('32 completions');
  await fused.commit(taken.map((build, n) => completedDecision(build, { workflowId: `wf_new_${n}` })));
  label('after a lock');
  await repository.loadBuilds(references.slice(0, 1), { waitMs: 1_000 });
  label('');
  await buildViews.countHeld();
}

async function breakers({ repository, circuitBreakers }: PostgresStorage): Promise<void> {
  await circuitBreakers.load([TENANT]);
  await circuitBreakers.loadOpen(100);
  await repository.transaction(async (tx) => {
    await circuitBreakers.save(tx, {
      tenantId: null,
      version: null,
      next: {
        version: TENANT,
        failures: 1,
        failuresOfAny: 0,
        failingTenantIds: [TENANT],
        open: null,
        tells: null,
      },
    });
    return err('only looked at');
  });
}

async function operations(
  { repository, buildViews, checklists }: PostgresStorage,
  tenantId: string,
  label: (text: string) => void,
): Promise<void> {
  label('a page of 50, then the next');
  const page = await buildViews.findBuilds({ tenantId, limit: 50 });
  const last = page.at(-1);
  if (!last) throw new Error('there were builds');
  const { automationVersionId, projectId, binding } = last;
  const cursor = { createdAt: last.createdAt, bindingId: binding.id };
  await buildViews.findBuilds({ tenantId, limit: 50, cursor });
  label('those that failed');
  await buildViews.findBuilds({ tenantId, errorReason: 'wrk_api_error', limit: 50 });
  label('one by its version');
  await buildViews.findBuilds({ tenantId, automationVersionId, limit: 1 });
  label('');
  await buildViews.findChangedBuilds({
    tenantIds: [tenantId],
    since: null,
    overlapMs: 10_000,
    limit: 1_001,
  });
  const project = { tenantId, projectId: projectId ?? '' };
  await repository.transaction(async (tx) => {
    await checklists.lockChecklist(tx, project, { wait: true });
    await checklists.lockChecklist(tx, project, { wait: false });
    return err('only looked at');
  });
  // In a transaction of its own: it is explained on another connection, which would wait for the lock.
  await repository.transaction(async (tx) => {
    await checklists.saveProgress(tx, { ...project, checklistProgress: 50 });
    return err('only looked at');
  });
}

async function messages(
  { repository, queue, deadLetters }: PostgresStorage,
  label: (text: string) => void,
): Promise<void> {
  label('32 notifications');
  const claimed = await queue.claim('notifications', { limit: 32, leaseMs: LEASE_MS });
  label('');
  const [one, two, three, ...rest] = claimed;
  if (!one || !two || !three) throw new Error('there were notifications');
  await queue.postpone(one, { delayMs: 1_000 });
  await queue.deadLetter(two, 'looked at');
  await queue.deadLetter(three, 'looked at');
  label('29 messages');
  await queue.acknowledge(rest);
  label('');
  await deadLetters.list({ tenantId: two.tenantId, limit: 100 });
  await deadLetters.redrive({ tenantId: two.tenantId, limit: 100 });
  label('100,000 waiting');
  await queue.stats('build-requests');
  label('');
  await repository.transaction(async (tx) => {
    await queue.enqueue(tx, [
      {
        queue: 'build-requests',
        key: TENANT,
        tenantId: TENANT,
        body: { v: 1, kind: 'build_request', tenantId: TENANT, bindingId: TENANT, requestId: 'request' },
        delayMs: 0,
        priority: 0,
      },
    ]);
    return err('only looked at');
  });
}

async function notifications({ deliveryRecords, inAppNotifier, inAppInbox }: PostgresStorage): Promise<void> {
  const delivery = { key: 'a new key', tenantId: TENANT, bindingId: TENANT, channel: 'email' as const };
  await deliveryRecords.findFinished([delivery]);
  const row = { ...delivery, template: 'build_started' as const, recipientId: 'person', problem: null };
  await deliveryRecords.save([{ ...row, status: 'delivered' }]);
  const nothing = {
    automationVersionId: TENANT,
    projectId: null,
    assigneeId: null,
    workflowUrl: null,
    errorReason: null,
  };
  await inAppNotifier.deliver({
    key: 'a new key',
    recipient: { id: 'person' },
    message: {
      ...nothing,
      v: 1,
      kind: 'notification',
      tenantId: TENANT,
      bindingId: TENANT,
      fence: 1,
      channel: 'in_app',
      template: 'build_started',
      audience: 'client',
      automationName: 'Automation',
      projectName: null,
      errorDetails: [],
      occasion: null,
      requestId: 'request',
    },
  });
  const reader = { tenantId: TENANT, userId: 'person' };
  const [newest] = await inAppInbox.list(reader);
  if (!newest) throw new Error('there was a notification');
  await inAppInbox.list({ ...reader, unreadOnly: true });
  await inAppInbox.countUnread(reader);
  await inAppInbox.markRead({ ...reader, ids: [newest.id] });
  await inAppInbox.markAllRead({ ...reader, upTo: newest });
}

async function sweeps(
  { repository, sweep, purge }: PostgresStorage,
  label: (text: string) => void,
): Promise<void> {
  label('none of 100,000 is stranded');
  await repository.transaction(async (tx) =>
    ok(await sweep.findStranded(tx, { limit: 1_000, cursor: null })),
  );
  label('1,000 rows');
  await purge.idempotencyAnswers({ olderThanMs: 1, limit: 1_000 });
  await purge.deliveryRecords({ olderThanMs: 1, limit: 1_000 });
  label('');
  await purge.deadLetters({ olderThanMs: 1, limit: 1_000 });
}
