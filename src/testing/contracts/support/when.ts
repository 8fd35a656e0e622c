// The steps under test, and time.

import { ok, type Result } from 'neverthrow';
import { expect } from 'vitest';
import type { BuildDecision, Verdict } from '../../../core/build/decision.js';
import type { ClaimedBuild } from '../../../core/build/facts.js';
import { NOTIFICATIONS, type OutgoingMessage, type QueueName } from '../../../core/build/messages.js';
import type { CircuitBreakerChange } from '../../../core/circuit-breaker/decide-circuit-breakers.js';
import type { ClaimLimits } from '../../../ports/claim-limits.js';
import type { WakeUp } from '../../../ports/engine.js';
import type { HandedOver } from '../../../ports/outbox.js';
import type { ClaimedMessage } from '../../../ports/queue.js';
import type { BuildReference } from '../../../ports/repository.js';
import type { StrandedBuild, Sweep, SweepCursor } from '../../../ports/sweep.js';
import { stableId } from '../../builders.js';
import type { QueueHarness, StorageHarness } from '../../storage-harness.js';
import { capabilityOf, outboxOf } from './capability-of.js';
import { keyOf, nothingChanges, present, received } from './then.js';

/** A lease that no test outlives. */
export const LONG_MS = 60_000;

/** A lease or a delay that is over after {@link timePasses}; nothing may depend on getting anything done within it. */
export const SHORT_MS = 40;

/** For a savepoint that waits for locks longer than anybody here holds them. */
export const PATIENT = { waitMs: LONG_MS };

/** Lets everything run out that was given {@link SHORT_MS}. */
export async function timePasses<Tx>(store: Pick<QueueHarness<Tx>, 'passTime'>): Promise<void> {
  await store.passTime(SHORT_MS * 2);
}

/** Runs work that cannot fail in one transaction and commits it. */
export async function commit<Tx, T>(
  store: Pick<QueueHarness<Tx>, 'repository'>,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const result = await store.repository.transaction(async (tx) => ok<T, never>(await work(tx)));
  return result._unsafeUnwrap();
}

/** Saves decisions in one call and one transaction that commits, whatever the verdicts are. */
export function save<Tx>(
  store: StorageHarness<Tx>,
  ...decisions: BuildDecision[]
): Promise<readonly Verdict[]> {
  return commit(store, (tx) => store.repository.save(tx, decisions));
}

/** Saves a decision that must be stale, with nothing at all of it written. */
export async function saveStale<Tx>(store: StorageHarness<Tx>, decision: BuildDecision): Promise<void> {
  expect(await nothingChanges(store, () => save(store, decision))).toEqual(['stale']);
}

/** Enqueues in one transaction that commits. */
export function enqueue<Tx>(store: QueueHarness<Tx>, ...messages: OutgoingMessage[]): Promise<void> {
  return commit(store, (tx) => store.queue.enqueue(tx, messages));
}

/** Enqueues in a transaction of the case: work that does nothing but write messages. */
export async function add<Tx>(
  store: StorageHarness<Tx>,
  tx: Tx,
  ...messages: OutgoingMessage[]
): Promise<Result<void, never>> {
  await store.queue.enqueue(tx, messages);
  return ok(undefined);
}

/** Claims one build, for longer than any test runs unless told otherwise; `null` when it is not claimable. */
export async function tryClaim<Tx>(
  store: StorageHarness<Tx>,
  build: BuildReference,
  leaseMs = LONG_MS,
): Promise<ClaimedBuild | null> {
  const [claimed] = await store.repository.claimBuilds([build], { leaseMs });
  if (claimed === undefined) throw new Error('the store gave no answer about a build');
  return claimed && received(claimed);
}

/** Claims one build that must be claimable. */
export async function claim<Tx>(
  store: StorageHarness<Tx>,
  build: BuildReference,
  leaseMs = LONG_MS,
): Promise<ClaimedBuild> {
  return present(await tryClaim(store, build, leaseMs));
}

/** What a sweep finds, in pages of so many builds, each in a transaction of its own. */
export async function findStranded<Tx>(
  store: StorageHarness<Tx>,
  { limit = 10 }: { readonly limit?: number } = {},
): Promise<readonly StrandedBuild[]> {
  const found: StrandedBuild[] = [];
  let next: SweepCursor | null = null;
  do {
    const cursor: SweepCursor | null = next;
    const page: Awaited<ReturnType<Sweep<Tx>['findStranded']>> = await commit(store, (tx) =>
      capabilityOf(store, 'sweep').findStranded(tx, { limit, cursor }),
    );
    found.push(...page.builds);
    next = page.nextCursor;
  } while (next);
  return found;
}

interface ClaimOptions {
  /** `notifications` by default. */
  readonly queue?: QueueName;
  /** 10 by default. */
  readonly limit?: number;
  /** Longer than any test by default. */
  readonly leaseMs?: number;
}

/** Claims messages. */
export function claimMessages<Tx>(
  store: QueueHarness<Tx>,
  { queue = NOTIFICATIONS, limit = 10, leaseMs = LONG_MS }: ClaimOptions = {},
): Promise<readonly ClaimedMessage[]> {
  return store.queue.claim(queue, { limit, leaseMs });
}

/** Claims the one message that must be there. */
export async function claimMessage<Tx>(
  store: QueueHarness<Tx>,
  options: ClaimOptions = {},
): Promise<ClaimedMessage> {
  const [message] = await claimMessages(store, { ...options, limit: 1 });
  return present(message);
}

/** Claims messages and gives the keys that `outgoingNotification` made them with. */
export async function claimKeys<Tx>(
  store: QueueHarness<Tx>,
  options: ClaimOptions = {},
): Promise<readonly string[]> {
  return (await claimMessages(store, options)).map(keyOf);
}

interface HandOverOptions {
  readonly queue?: QueueName;
  /** 10 by default. */
  readonly window?: number;
  /** Longer than any test by default. */
  readonly againAfterMs?: number;
  /** None by default. */
  readonly limits?: ClaimLimits;
}

/** Hands messages over. */
export async function handOver<Tx>(
  store: StorageHarness<Tx>,
  options: HandOverOptions = {},
): Promise<readonly WakeUp[]> {
  const { wakeUps, lost } = await handOverOrLose(store, options);
  expect(lost, 'nothing was handed over twice for nothing').toEqual([]);
  return wakeUps;
}

/** What is handed over, and what was handed over twice for nothing. */
export function handOverOrLose<Tx>(
  store: StorageHarness<Tx>,
  { queue = NOTIFICATIONS, window = 10, againAfterMs = LONG_MS, limits }: HandOverOptions = {},
): Promise<HandedOver> {
  return outboxOf(store).handOver(queue, { window, againAfterMs, ...(limits && { limits }) });
}

/** Claims what was handed over. */
export async function claimHandedOver<Tx>(
  store: StorageHarness<Tx>,
  wakeUps: readonly Pick<WakeUp, 'id'>[],
  { queue = NOTIFICATIONS, leaseMs = LONG_MS }: { queue?: QueueName; leaseMs?: number } = {},
): Promise<readonly ClaimedMessage[]> {
  const ids = wakeUps.map(({ id }) => id);
  const { messages, busy } = await outboxOf(store).claimByIds(queue, ids, { leaseMs });
  expect(busy, 'nobody has locked any of them').toEqual([]);
  return messages;
}

/** Hands over, claims it all and gives the keys that `outgoingNotification` made the messages with. */
export async function handedKeys<Tx>(
  store: StorageHarness<Tx>,
  options: HandOverOptions = {},
): Promise<readonly string[]> {
  return (await claimHandedOver(store, await handOver(store, options))).map(keyOf);
}

/** The version that a change of this name gives a circuit breaker. */
export const breakerVersion = (name: string): string => stableId('breaker', name);

/** What a change of a circuit breaker is made of. `from` and `to` name versions. */
type NamedChange = Partial<NonNullable<CircuitBreakerChange['next']>> & {
  readonly tenantId?: string | null;
  /** `null`: there is none yet. */
  readonly from: string | null;
  /** `null`: it goes. */
  readonly to: string | null;
};

/** A change of one circuit breaker, not saved yet. */
export function circuitBreakerChange({
  tenantId = null,
  from,
  to,
  failures = 1,
  failuresOfAny = failures,
  failingTenantIds = [],
  open = null,
  tells = null,
}: NamedChange): CircuitBreakerChange {
  const next = { failures, failuresOfAny, failingTenantIds, open, tells };
  return {
    tenantId,
    version: from === null ? null : breakerVersion(from),
    next: to === null ? null : { ...next, version: breakerVersion(to) },
  };
}

/** Saves one circuit breaker in a transaction that commits; whether it was written. */
export function saveCircuitBreaker<Tx>(store: StorageHarness<Tx>, named: NamedChange): Promise<boolean> {
  const change = circuitBreakerChange(named);
  return commit(store, (tx) => capabilityOf(store, 'circuitBreakers').save(tx, change));
}

/** Holds a row's lock, in a transaction of its own, while `work` runs. */
export async function locked<Tx, T>(
  store: StorageHarness<Tx>,
  [table, id]: Parameters<StorageHarness<Tx>['host']['lock']>,
  work: () => Promise<T>,
): Promise<T> {
  const { release } = await store.host.lock(table, id);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** A promise that can be asked whether it is settled. */
export function watched<T>(promise: Promise<T>): {
  readonly promise: Promise<T>;
  readonly isOver: () => boolean;
} {
  let over = false;
  const end = () => {
    over = true;
  };
  promise.then(end, end);
  return { promise, isOver: () => over };
}
