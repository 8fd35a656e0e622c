/**
 * How long notifications take while one channel is down for five minutes: WAITING (default 5,000) of them wait when one
 * worker process of the default concurrency starts, and from then on a build is requested every second, each with four
 * more, until the channel is back. BROKEN (default `email`, which has half of all; `in_app`, `slack` or `none`) is refused
 * from the start. On the Postgres of DATABASE_URL, in the schemas `bench_host` and `bench_builds`, which are dropped first.
 *
 * Time is shortened by FACTOR (default 5): the outage, the waits of the delivery policy, poll and lease, what a channel
 * takes for an answer (200 ms) and the pauses between requests. The machine and the database are not any faster, so that
 * all their work counts FACTOR times. What is printed is in seconds of unshortened time: of healthy channels from due to
 * delivered, of the broken one from its recovery, or from due if that is later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createBuilds, type Notifier } from 'wrk-builds';
import { nodePostgres, postgres } from 'wrk-builds/postgres';
import { fillSchemas, type ReadyVersion } from './support/fill-schemas.js';
import { schemas } from './support/schemas.js';

const WAITING = Number(process.env.WAITING ?? 5_000);
const FACTOR = Number(process.env.FACTOR ?? 5);
const BROKEN = process.env.BROKEN ?? 'email';
const OUTAGE_S = 300;
const ANSWER_S = 0.2;
/** Two mails, one in-app and one in Slack, when a build is requested. */
const PER_BUILD = 4;
const CALLERS = 32;
const CHANNELS = ['email', 'in_app', 'slack'];

const shortened = (seconds: number) => (seconds * 1_000) / FACTOR;
const unshortened = (ms: number) => (ms * FACTOR) / 1_000;

/** One notification that has arrived; in milliseconds of the process's own clock. */
interface Arrival {
  readonly channel: string;
  readonly waited: boolean;
  readonly dueAt: number;
  readonly at: number;
}

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const waiting = Math.ceil(WAITING / PER_BUILD);
const versions = await fillSchemas(pool, waiting + OUTAGE_S);
const storage = postgres(nodePostgres(pool), schemas);

let begun = Number.POSITIVE_INFINITY;
const recoveredAt = () => begun + shortened(OUTAGE_S);
const freshAt = new Map<string, number>();
const arrivals: Arrival[] = [];
let refused = 0;

const measured = (deliver: Notifier['deliver']): Notifier => ({
  deliver: async (notification) => {
    const { channel, automationVersionId } = notification.message;
    if (channel === BROKEN && performance.now() < recoveredAt()) {
      refused += 1;
      await sleep(shortened(ANSWER_S));
      return { status: 'failed', retryable: true, reason: 'the channel is down' };
    }
    const answer = await deliver(notification);
    const fresh = freshAt.get(automationVersionId);
    arrivals.push({ channel, waited: fresh === undefined, dueAt: fresh ?? begun, at: performance.now() });
    return answer;
  },
});
const remote = measured(async () => {
  await sleep(shortened(ANSWER_S));
  return { status: 'delivered' };
});

const builds = createBuilds({
  ...storage,
  wrk: {
    duplicates: { by: 'idempotency-key' },
    createWorkflow: async () => ({ kind: 'not_sent', detail: 'nothing is built here' }),
    findWorkflow: async () => ({ kind: 'absent' }),
  },
  notifiers: { email: remote, slack: remote, inApp: measured(storage.inAppNotifier.deliver) },
  resolveRecipients: async ({ audience }) => [{ id: audience }],
  delivery: { initialDelayMs: Math.round(shortened(1)), maxDelayMs: Math.round(shortened(3_600)) },
});
const request = async ({ id, tenant_id: tenantId }: ReadyVersion) => {
  const answer = await builds.requestBuild({ tenantId, automationVersionId: id, trigger: 'patch_status' });
  if (answer.isErr()) throw new Error(answer.error.code);
};

// 1. What waits already.
const first = versions.splice(0, waiting);
const call = async () => {
  for (let next = first.pop(); next; next = first.pop()) await request(next);
};
await Promise.all(Array.from({ length: CALLERS }, call));
await pool.query('vacuum analyze');

// 2. The channel is down, and builds go on being requested.
begun = performance.now();
const workers = builds.startWorkers({
  concurrency: { builds: 0 },
  pollIntervalMs: shortened(1.1),
  leaseMs: Math.max(1_000, shortened(60)),
});
const requests: Promise<void>[] = [];
for (const [second, version] of versions.entries()) {
  await sleep(Math.max(0, begun + shortened(second) - performance.now()));
  freshAt.set(version.id, performance.now());
  requests.push(request(version));
}
await Promise.all(requests);

// 3. It is back: all of it is delivered.
const inAll = (waiting + OUTAGE_S) * PER_BUILD;
while (arrivals.length < inAll && (await builds.stats()).notifications.dead === 0) await sleep(100);
const { notifications } = await builds.stats();
await workers.stop();
await pool.end();

const report = (channel: string, waited: boolean) => {
  const since = (dueAt: number) => (channel === BROKEN ? Math.max(dueAt, recoveredAt()) : dueAt);
  const seconds = arrivals
    .filter((arrival) => arrival.channel === channel && arrival.waited === waited)
    .map(({ dueAt, at }) => unshortened(at - since(dueAt)))
    .sort((left, right) => left - right);
  const at = (share: number) =>
    Number((seconds[Math.min(seconds.length - 1, Math.floor(seconds.length * share))] ?? 0).toFixed(1));
  const within = seconds.filter((each) => each <= 60).length / seconds.length;
  return {
    channel,
    measured: channel === BROKEN ? 'from recovery' : 'from due',
    waited,
    n: seconds.length,
    p50_s: at(0.5),
    p95_s: at(0.95),
    max_s: at(1),
    within_60_s: `${(within * 100).toFixed(1)} %`,
  };
};
for (const channel of CHANNELS)
  for (const waited of [true, false]) console.log(JSON.stringify(report(channel, waited)));
const healthy = arrivals.filter(({ channel }) => channel !== BROKEN);
const inTime = healthy.filter(({ dueAt, at }) => unshortened(at - dueAt) <= 60).length;
console.log(
  JSON.stringify({
    broken: BROKEN,
    factor: FACTOR,
    healthy_within_60_s: `${((inTime / healthy.length) * 100).toFixed(1)} %`,
    refused,
    delivered: arrivals.length,
    of: inAll,
    dead: notifications.dead,
  }),
);
