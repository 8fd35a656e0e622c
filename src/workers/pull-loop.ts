import type { Runtime } from '../runtime/runtime.js';
import { asPromise } from '../runtime/waiting.js';

/** A loop that pulls work while it has capacity for it. */
export interface PullLoop {
  /** Polls for work now instead of at the next poll. */
  readonly wake: () => void;
  /**
   * Begins to watch. The answer comes once a claim that is under way is over: whether it has held no work since. Asked of
   * one moment it would hardly ever be yes where claims are slow and polls are not.
   */
  readonly watch: () => () => Promise<boolean>;
  /** Pulls no more; resolves when what it holds is done. */
  readonly stop: () => Promise<void>;
}

/** What a loop pulls, and how. */
export interface PullLoopOptions<Item> {
  /** The most items handled at once. */
  readonly concurrency: number;
  /**
   * The fewest milliseconds between two polls of an empty queue. Up to a quarter is added by chance, so that processes do
   * not poll in step.
   */
  readonly pollIntervalMs: number;
  /** Claims at most `limit` items. */
  readonly claim: (limit: number) => Promise<readonly Item[]>;
  readonly handle: (item: Item) => Promise<void>;
  /** Told when `claim` or `handle` threw; the loop goes on. */
  readonly onProblem: (problem: unknown) => void;
  readonly runtime: Pick<Runtime, 'setTimer' | 'random'>;
}

/**
 * Capacity that is worth a claim, however much there is in all. Measured with 2,000 calls of 5 s at once: to wait for half of
 * such a capacity costs a tenth of the builds a second.
 */
const WORTH_A_CLAIM = 64;

/**
 * Starts pulling. It claims again as soon as half of its capacity is free, or 64 slots, so that it claims in batches and never one
 * by one under load; after a claim that brought nothing, it waits for the poll or for `wake`. One that brought less than there
 * was capacity for says nothing: more may be due of a tenant that has had its turn. With less than that free, it waits for
 * the poll.
 */
export function startPullLoop<Item>(options: PullLoopOptions<Item>): PullLoop {
  const { concurrency, pollIntervalMs, claim, handle, onProblem, runtime } = options;
  let stopped = false;
  let woken = false;
  let claimed = 0;
  let looking: Promise<number> = Promise.resolve(0);
  let full = false;
  let interrupt = () => {};
  const held = new Set<Promise<void>>();
  const enough = Math.min(concurrency / 2, WORTH_A_CLAIM);

  const sleep = (ms: number) =>
    new Promise<'over' | 'interrupted'>((resolve) => {
      const timer = runtime.setTimer(ms, () => resolve('over'));
      interrupt = () => {
        timer.clear();
        resolve('interrupted');
      };
    });
  const hold = (item: Item) => {
    const work = asPromise(() => handle(item))
      .catch(onProblem)
      .finally(() => {
        held.delete(work);
        if (full && concurrency - held.size >= enough) interrupt();
      });
    held.add(work);
  };
  const look = async (capacity: number): Promise<number> => {
    const items = await asPromise(() => claim(capacity)).catch((problem: unknown) => {
      onProblem(problem);
      return [];
    });
    claimed += items.length;
    for (const item of items) hold(item);
    return items.length;
  };
  const pull = async () => {
    while (!stopped) {
      full = concurrency - held.size < enough;
      // What little capacity is left is not left empty while slow work holds the rest: it gets one claim at each poll.
      if (full && (await sleep(pollIntervalMs)) === 'interrupted') continue;
      const capacity = concurrency - held.size;
      if (capacity === 0) continue;
      woken = false;
      looking = look(capacity);
      if ((await looking) === 0 && !stopped && !woken)
        await sleep(pollIntervalMs * (1 + 0.25 * runtime.random()));
    }
  };
  const pulling = pull();

  return {
    wake: () => {
      woken = true;
      if (!full) interrupt();
    },
    watch: () => {
      const before = claimed;
      const heldNothing = held.size === 0;
      return async () => {
        await looking;
        return heldNothing && claimed === before;
      };
    },
    stop: async () => {
      stopped = true;
      interrupt();
      await pulling;
      await Promise.all(held);
    },
  };
}
