import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BuildEvent, BuildsStats, EventListener, Notifier } from 'wrk-builds';
import type { AnsweredRequest } from 'wrk-builds/http';

const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 2.5, 5, 10, 30];
const BUILDS = 'build-requests';
const NOTIFICATIONS = 'notifications';

/** Metrics of this process. Queues, dead letters and circuit breakers are those of all processes. */
export interface Metrics {
  readonly onEvent: EventListener;
  readonly onAnswer: (answered: AnsweredRequest) => void;
  /** A notifier whose deliveries are timed. */
  readonly timed: (notifier: Notifier) => Notifier;
  /** Everything as text for Prometheus. `null`: the queues cannot be read, and are left out. */
  readonly text: (stats: BuildsStats | null) => Promise<string>;
  readonly contentType: string;
}

/** Makes the metrics from the events of the library, its HTTP answers, and its stats at each scrape. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const jobs = new Counter({
    name: 'worker_job_count',
    help: 'Jobs that this process has ended, by how they ended.',
    labelNames: ['queue', 'status'] as const,
    registers,
  });
  const jobSeconds = new Histogram({
    name: 'worker_job_duration_seconds',
    help: 'How long this process held a job: a build from its claim to its end, a notification until it was delivered.',
    labelNames: ['queue'] as const,
    buckets: SECONDS,
    registers,
  });
  const deadLetters = new Gauge({
    name: 'worker_dead_letter_count',
    help: 'Messages that nobody will handle again unless it is redriven.',
    labelNames: ['queue'] as const,
    registers,
  });
  const depth = new Gauge({
    name: 'worker_queue_depth',
    help: 'Messages that wait, now or later.',
    labelNames: ['queue'] as const,
    registers,
  });
  const oldest = new Gauge({
    name: 'worker_queue_oldest_due_seconds',
    help: 'How long the message has been due that has been due longest.',
    labelNames: ['queue'] as const,
    registers,
  });
  const inFlight = new Gauge({
    name: 'builds_in_flight',
    help: 'Builds in the hands of workers.',
    registers,
  });
  const circuitBreakers = new Gauge({
    name: 'wrk_open_circuit_breakers',
    help: 'CircuitBreakers that hold calls to WRK back.',
    registers,
  });
  const wrkCalls = new Counter({
    name: 'wrk_calls_total',
    help: 'Calls to WRK by what came of them.',
    labelNames: ['result', 'answer'] as const,
    registers,
  });
  const wrkSeconds = new Histogram({
    name: 'wrk_call_duration_seconds',
    help: 'How long WRK took.',
    labelNames: ['result'] as const,
    buckets: SECONDS,
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Requests to the API, until the answer began.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: SECONDS,
    registers,
  });

  const claimedAt = new Map<string, number>();
  const buildEnded = (bindingId: string, status: string) => {
    jobs.inc({ queue: BUILDS, status });
    const since = claimedAt.get(bindingId);
    claimedAt.delete(bindingId);
    if (since !== undefined) jobSeconds.observe({ queue: BUILDS }, (performance.now() - since) / 1_000);
  };

  const onEvent = (event: BuildEvent) => {
    switch (event.type) {
      case 'build_claimed':
        claimedAt.set(event.bindingId, performance.now());
        return;
      case 'build_completed':
        return buildEnded(event.bindingId, 'completed');
      case 'build_failed':
        return buildEnded(event.bindingId, 'failed');
      case 'build_rescheduled':
        return buildEnded(event.bindingId, 'rescheduled');
      case 'lease_lost':
        return buildEnded(event.bindingId, 'lease_lost');
      case 'wrk_answered': {
        const result = event.answer === 'created' ? 'success' : 'failure';
        wrkCalls.inc({ result, answer: event.answer });
        return wrkSeconds.observe({ result }, event.durationMs / 1_000);
      }
      case 'notification_sent':
        return jobs.inc({ queue: NOTIFICATIONS, status: event.delivered ? 'completed' : 'failed' });
      case 'message_dead_lettered':
        return jobs.inc({ queue: event.queue, status: 'dead_lettered' });
      default:
    }
  };

  const showQueue = (queue: string, { waiting, oldestDueMs, dead }: BuildsStats['notifications']) => {
    depth.set({ queue }, waiting);
    oldest.set({ queue }, (oldestDueMs ?? 0) / 1_000);
    deadLetters.set({ queue }, dead);
  };

  return {
    onEvent,
    onAnswer: ({ method, route, status, durationMs }) =>
      // Paths that are not ours are whatever people make up: one label for all of them.
      requestSeconds.observe({ method, route: route ?? 'none', status }, durationMs / 1_000),
    timed: (notifier) => ({
      deliver: async (notification) => {
        const end = jobSeconds.startTimer({ queue: NOTIFICATIONS });
        return notifier.deliver(notification).finally(end);
      },
    }),
    text: async (stats) => {
      // Old figures would look like new ones.
      for (const gauge of [depth, oldest, deadLetters]) gauge.reset();
      for (const gauge of [inFlight, circuitBreakers]) gauge.remove();
      if (stats !== null) {
        showQueue(BUILDS, stats.buildRequests);
        showQueue(NOTIFICATIONS, stats.notifications);
        if (stats.buildsInFlight !== null) inFlight.set(stats.buildsInFlight);
        circuitBreakers.set(stats.openCircuitBreakers.length);
      }
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
