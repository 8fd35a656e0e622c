import type { QueueName } from '../core/build/messages.js';
import type { ClaimLimits } from '../ports/claim-limits.js';
import type { Engine } from '../ports/engine.js';
import type { Outbox } from '../ports/outbox.js';
import type { ClaimedMessage, Queue } from '../ports/queue.js';
import type { Runtime } from '../runtime/runtime.js';
import { sleep } from '../runtime/waiting.js';
import type { EngineAccess } from './engine-access.js';

/** What a claim through an engine is made of. */
export interface EngineClaim<Tx> {
  readonly engine: Engine;
  readonly access: EngineAccess;
  readonly store: Outbox;
  /** The claim past the engine, for while that is away. */
  readonly claimDirectly: Queue<Tx>['claim'];
  readonly window: number;
  readonly againAfterMs: number;
  /** Told of messages that the engine was given twice and did not bring. */
  readonly onLost: (queue: QueueName, howMany: number) => void;
  readonly runtime: Runtime;
}

/** How the builds or notifications of one claim are taken. */
interface Terms {
  readonly leaseMs: number;
  readonly limits?: ClaimLimits;
}

/**
 * `Queue.claim` by the names that an engine brings. What is left of the backlog stays in the database, where fairness and
 * priorities are settled: only a claim that the engine brings too little for hands over more. What the engine was given
 * twice for nothing is claimed without it.
 *
 * The race: a wake-up that comes twice, or for a message that was settled or taken past the engine, brings nothing. For
 * those it asks again, since nothing must come only when nothing is due; but no more often than an engine can hold such
 * wake-ups, since one may bring the same ones for ever.
 */
export function claimThroughEngine<Tx>(deps: EngineClaim<Tx>): Queue<Tx>['claim'] {
  return async (queue, { limit, ...terms }) => {
    const messages: ClaimedMessage[] = [];
    let forNothing = 0;
    for (let isStale = true; isStale && messages.length < limit; ) {
      const ids = await nextIds(deps, queue, limit - messages.length, terms);
      if (ids === null)
        return messages.length > 0 ? messages : deps.claimDirectly(queue, { limit, ...terms });
      const claimed = await claimByIds(deps, queue, ids, terms);
      messages.push(...claimed);
      forNothing += ids.length - claimed.length;
      isStale = claimed.length < ids.length;
      if (forNothing > MAX_FOR_NOTHING * deps.window + limit) deps.access.leave(endlessProblem(forNothing));
    }
    return messages;
  };
}

/** An engine holds a message twice at most, and another process may have taken all of them past it. */
const MAX_FOR_NOTHING = 2;

function endlessProblem(howMany: number): Error {
  return new Error(`It brought ${howMany} wake-ups in a row that lead to no message.`);
}

/** Attempts at what somebody was just changing: a hand-over of the same moment is over within some milliseconds. */
const BUSY_ATTEMPTS = 5;
const BUSY_MS = 10;

/** What is still busy then is in a transaction of the host's, and comes again after so long. */
const BUSY_DELAY_MS = 1_000;

/**
 * Takes what the ids name.
 *
 * The race: another process that hands over at this moment may have locked a row that was handed over since it looked. The
 * wake-up is out of the engine by then, and must not get lost.
 */
async function claimByIds<Tx>(
  { engine, access, store, runtime }: EngineClaim<Tx>,
  queue: QueueName,
  ids: readonly string[],
  terms: Terms,
): Promise<readonly ClaimedMessage[]> {
  const claimed: ClaimedMessage[] = [];
  let left = ids;
  for (let looks = 0; left.length > 0 && looks < BUSY_ATTEMPTS; looks += 1) {
    if (looks > 0) await sleep(runtime, BUSY_MS);
    const { messages, busy } = await store.claimByIds(queue, left, terms);
    claimed.push(...messages);
    left = busy;
  }
  const wakeUps = left.map((id) => ({ id, delayMs: BUSY_DELAY_MS }));
  if (wakeUps.length > 0) await access.ask(() => engine.add(queue, wakeUps).then(() => wakeUps));
  return claimed;
}

/** At most `limit` ids; `null`: the engine is away, and nothing came from it. */
async function nextIds<Tx>(
  { engine, access, store, window, againAfterMs, onLost }: EngineClaim<Tx>,
  queue: QueueName,
  limit: number,
  { limits }: Terms,
): Promise<readonly string[] | null> {
  const receive = (count: number) => access.ask(() => engine.receive(queue, count));
  // 1. What is there already.
  const first = await receive(limit);
  if (first === null || first.length >= limit) return first;

  // 2. Too little: hand over more. A process that dies in between loses nothing, since what was handed over is handed over again.
  const { wakeUps, lost } = await store.handOver(queue, { window, againAfterMs, ...(limits && { limits }) });
  const added =
    wakeUps.length > 0 &&
    (await access.ask(async () => {
      await engine.add(queue, wakeUps);
      return wakeUps;
    }));
  if (added === null) return first.length > 0 ? first : null;

  // 3. Claim again. What came before the engine went away is not left lying about.
  const more = added ? await receive(limit - first.length) : [];
  if (more === null) return first.length > 0 ? first : null;
  const brought = [...new Set([...first, ...more])];
  if (lost.length === 0 || brought.length >= limit) return brought;

  // 4. What the engine has lost is claimed without it, unless somebody holds the queue back.
  const { isPaused } = engine;
  const answer = isPaused && (await access.ask(async () => ({ isPaused: await isPaused(queue) })));
  if (answer === null) return brought.length > 0 ? brought : null;
  if (answer?.isPaused) return brought;
  onLost(queue, lost.length);
  return [...new Set([...brought, ...lost])].slice(0, limit);
}
