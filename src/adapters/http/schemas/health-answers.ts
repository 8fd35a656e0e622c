import * as z from 'zod';
import { named } from './registry.js';

const milliseconds = z.number().describe('In milliseconds.');
const count = z.int();

const circuitBreaker = named(
  'OpenCircuitBreaker',
  z.object({
    reason: z.enum(['credentials_refused', 'tenant_refused', 'consecutive_failures']),
    probes: count.describe('The number of probes since it opened.'),
    open_for_ms: milliseconds,
    next_probe_in_ms: milliseconds,
  }),
  'A circuit breaker that holds back calls to WRK.',
);

const message = z.string().describe('What is wrong and what to do next, in English, for people.');
const finding = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.object({ kind: z.literal(kind), message, ...shape });

const healthFinding = named(
  'HealthFinding',
  z.discriminatedUnion('kind', [
    finding('database_unreachable', {}),
    finding('wrk_unavailable', { circuit_breaker: circuitBreaker }),
    finding('wrk_refuses_tenants', { tenants: count.describe('The number of tenants whose calls wait.') }),
    finding('builds_overdue', { oldest_due_ms: milliseconds }),
    finding('notifications_overdue', { oldest_due_ms: milliseconds }),
    finding('notifications_failing', { count }),
    finding('outcomes_refused', { count }),
    finding('dead_letters', { count }),
  ]),
  'One thing that is wrong.',
);

export const health = named(
  'Health',
  z.object({
    status: z
      .enum([
        'ok',
        'database_unreachable',
        'wrk_unavailable',
        'wrk_refuses_tenants',
        'builds_overdue',
        'notifications_overdue',
        'notifications_failing',
        'outcomes_refused',
        'dead_letters',
      ])
      .describe('`ok`, or the kind of the most severe finding.'),
    findings: z.array(healthFinding).describe('The most severe first.'),
  }),
  'The health of the whole installation, over all tenants and processes.',
  {
    status: 'dead_letters',
    findings: [
      {
        kind: 'dead_letters',
        message: 'Messages were given up: list them for each tenant, fix the cause, then redrive them.',
        count: 2,
      },
    ],
  },
);

const queue = named(
  'QueueFigures',
  z.object({
    waiting: count.describe('Due now or later, and not claimed.'),
    oldest_due_ms: milliseconds
      .nullable()
      .describe('Milliseconds for which the oldest due message has been due; `null` if none is due.'),
    in_flight: count.describe('Claimed by workers.'),
    dead: count.describe('Dead letters.'),
    failing: count.describe('Postponed after a failed attempt.'),
  }),
  'The size of a queue.',
);

const QUEUE = { waiting: 3, oldest_due_ms: 120, in_flight: 1, dead: 0, failing: 0 };

export const stats = named(
  'Stats',
  z.object({
    build_requests: queue,
    notifications: queue,
    builds_in_flight: count
      .nullable()
      .describe('Builds that a worker holds; `null` if the storage cannot count them.'),
    outcomes_refused: count
      .nullable()
      .describe('Failed builds whose outcome the database refused; `null` if the storage cannot count them.'),
    wrk_unavailable: circuitBreaker
      .nullable()
      .describe('The circuit breaker of all tenants; `null` if it is closed.'),
    wrk_refuses_tenants: count.describe(
      'The number of tenants with an open circuit breaker of their own, counted up to 100.',
    ),
  }),
  'Figures of the whole installation, over all tenants and processes.',
  {
    build_requests: QUEUE,
    notifications: QUEUE,
    builds_in_flight: 4,
    outcomes_refused: 0,
    wrk_unavailable: null,
    wrk_refuses_tenants: 0,
  },
);
