import * as z from 'zod';
import { type BlueprintPolicy, graphBlueprint } from '../core/blueprint/blueprint-policy.js';
import { type ChecklistPolicy, defaultChecklist } from '../core/blueprint/checklist.js';
import type { Orchestration } from '../core/build/facts.js';
import { DEFAULT_STARTABLE_STATUSES } from '../core/build/statuses.js';
import { DEFAULT_CIRCUIT_BREAKER_POLICY } from '../core/circuit-breaker/circuit-breaker.js';
import {
  callback,
  flag,
  having,
  inOrder,
  milliseconds,
  numberBetween,
  options,
  text,
  wholeNumber,
} from '../core/input/option-kinds.js';
import { readOptions } from '../core/input/read-options.js';
import { DEFAULT_RETRY_POLICY } from '../core/orchestration/retry-policy.js';
import type { ChooseOrchestration } from '../core/request/choose-orchestration.js';
import type { HostPrerequisite } from '../handlers/handle-request-build.js';
import type { EventListener } from '../observability/events.js';
import type { AuditLog } from '../ports/audit-log.js';
import type { ClaimDueBuilds, Commit, FusedPorts } from '../ports/fused.js';
import type { Notifier, ResolveRecipients } from '../ports/notifier.js';
import type { Queue } from '../ports/queue.js';
import type { Repository } from '../ports/repository.js';
import type { WrkPlatformClient } from '../ports/wrk-platform-client.js';
import { blueprintLimitSchema } from './blueprint-limit-options.js';
import { capabilityShape, storageExtrasShape } from './capability-options.js';
import { deliverySchema } from './delivery-options.js';
import { limitSchema } from './limit-options.js';
import { retentionSchema } from './retention-options.js';
import { watchSchema } from './watch-options.js';

const FROM_A_STORAGE = 'spread a storage into the options: postgres(…) or memoryStorage()';
const NOTIFIER = 'give a notifier, an object with deliver: smtpNotifier(…) makes one';
const notifier = () => having<Notifier>(['deliver'], NOTIFIER);

/** The schema of `RetryOptions`. */
export const retrySchema = options({
  maxRetries: wholeNumber('retries', 0, 1_000).default(DEFAULT_RETRY_POLICY.maxRetries),
  initialDelayMs: milliseconds(0).default(DEFAULT_RETRY_POLICY.initialDelayMs),
  jitter: numberBetween(0, 1).default(DEFAULT_RETRY_POLICY.jitter),
  maxRetryAfterMs: milliseconds(0).default(DEFAULT_RETRY_POLICY.maxRetryAfterMs),
  maxInterruptions: wholeNumber('calls', 0, 1_000).default(DEFAULT_RETRY_POLICY.maxInterruptions),
});

/** The schema of `CircuitBreakerOptions`. */
export const circuitBreakerSchema = options({
  failureThreshold: wholeNumber('calls', 1, 1_000_000).default(
    DEFAULT_CIRCUIT_BREAKER_POLICY.failureThreshold,
  ),
  initialProbeDelayMs: milliseconds().default(DEFAULT_CIRCUIT_BREAKER_POLICY.initialProbeDelayMs),
  maxProbeDelayMs: milliseconds().default(DEFAULT_CIRCUIT_BREAKER_POLICY.maxProbeDelayMs),
}).superRefine(inOrder('circuitBreaker', 'initialProbeDelayMs', 'maxProbeDelayMs'));

/** The schema of `BuildsOptions`. */
export const buildsSchema = options({
  repository: having<Repository<never>>(['transaction', 'save'], FROM_A_STORAGE),
  queue: having<Queue<never>>(['enqueue', 'claim', 'acknowledge'], FROM_A_STORAGE),
  auditLog: having<AuditLog<never>>(['append'], FROM_A_STORAGE),
  ...capabilityShape,
  fused: options({
    commit: callback<Commit>().optional(),
    claimDueBuilds: callback<ClaimDueBuilds>().optional(),
    insteadOf: having<FusedPorts>([], 'give the ports whose work they do, or spread those of the storage'),
  }).optional(),
  wrk: having<WrkPlatformClient>(
    ['createWorkflow', 'findWorkflow'],
    'give a client of WRK: wrkHttp(…) makes one, fakeWrkClient(…) one for tests',
  ),
  notifiers: options({ email: notifier(), inApp: notifier().optional(), slack: notifier().optional() }),
  inAppNotifier: notifier().optional(),
  resolveRecipients: callback<ResolveRecipients>('give an async function from an audience to its recipients'),
  startableStatuses: z
    .array(text('give a status as text'), { error: 'give a list of statuses' })
    .min(1, { error: 'give at least one status, or leave the option out' })
    .default([...DEFAULT_STARTABLE_STATUSES]),
  blueprint: callback<BlueprintPolicy>(
    'give graphBlueprint, stepsBlueprint or a function of your own',
  ).default(() => graphBlueprint),
  blueprintLimits: blueprintLimitSchema.prefault({}),
  costlyRequestsPerTenant: wholeNumber('requests', 1, 1_000).default(1),
  checklist: callback<ChecklistPolicy>().default(() => defaultChecklist),
  orchestration: z
    .custom<Orchestration | ChooseOrchestration>(
      (given) => given === 'automatic' || given === 'manual' || typeof given === 'function',
      { error: "give 'automatic', 'manual', or a function that chooses one of them for a build" },
    )
    .default('automatic'),
  prerequisites: z
    .array(callback<HostPrerequisite<never>>('give an async function'), { error: 'give a list of functions' })
    .default([]),
  retry: retrySchema.prefault({}),
  delivery: deliverySchema.prefault({}),
  circuitBreaker: circuitBreakerSchema.prefault({}),
  limits: limitSchema.prefault({}),
  watch: watchSchema.prefault({}),
  retention: retentionSchema.prefault({}),
  // Not 0: Postgres takes that for no bound at all.
  lockWaitMs: milliseconds().default(5_000),
  verifyAtStart: flag().default(false),
  onEvent: callback<EventListener>('give a function, such as logEvents(pino())').optional(),
  ...storageExtrasShape,
}).refine(hasInAppNotifier, {
  path: ['notifiers', 'inApp'],
  params: { wrong: 'is missing' },
  message: 'give a notifier, or spread a storage that brings one',
  when: ({ value }) => hasNotifiers(value),
});

interface WithNotifiers {
  readonly notifiers: { readonly inApp?: unknown };
  readonly inAppNotifier?: unknown;
}

/** Also when something else is wrong: whoever fixes options wants the whole list. */
function hasNotifiers(value: unknown): value is WithNotifiers {
  const notifiers: unknown = Reflect.get(Object(value), 'notifiers');
  return typeof notifiers === 'object' && notifiers !== null;
}

function hasInAppNotifier({ notifiers, inAppNotifier }: WithNotifiers): boolean {
  return notifiers.inApp !== undefined || inAppNotifier !== undefined;
}

/** The options of `createBuilds` with their defaults. */
export type BuildsSettings = z.output<typeof buildsSchema>;

/** Reads the options of `createBuilds`. Throws a TypeError that lists what is wrong. */
export function readBuildsOptions(given: unknown): BuildsSettings {
  return readOptions('createBuilds', buildsSchema, given);
}
