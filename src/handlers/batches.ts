import type { BuildDecision, Verdict } from '../core/build/decision.js';
import type { BuildFacts, RequestFacts } from '../core/build/facts.js';
import type { DeliveryRecord, DeliveryRecords, FinishedDelivery } from '../ports/delivery-records.js';
import type { Commit } from '../ports/fused.js';
import type { ClaimedMessage, Queue } from '../ports/queue.js';
import type { BuildReference, Repository, RequestQuery } from '../ports/repository.js';

/** How calls are gathered. */
export interface BatchOptions {
  /** The most items in one batch. */
  readonly maxSize: number;
  /** The most batches under way at once. */
  readonly concurrency: number;
}

/**
 * Turns a function over batches into one over single items: calls that come while a batch is under way share the next one.
 * Nothing ever waits for company; a call that finds a free slot goes at once, with those of the same turn of the loop.
 *
 * An `Error` in the place of an answer rejects that item's caller alone; if the whole batch throws, all of them.
 */
export function inBatches<Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly (Answer | Error)[]>,
  { maxSize, concurrency }: BatchOptions,
): (item: Item) => Promise<Answer> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (problem: unknown) => void;
  }
  const waiting: Waiting[] = [];
  let underWay = 0;

  const start = async (batch: readonly Waiting[]) => {
    underWay += 1;
    try {
      const answers = await run(batch.map((each) => each.item));
      for (const [index, each] of batch.entries()) {
        const answer = answers[index];
        if (answer === undefined && index >= answers.length)
          each.reject(new Error('The batch received too few answers.'));
        else if (answer instanceof Error) each.reject(answer);
        else each.resolve(answer as Answer);
      }
    } catch (problem) {
      for (const each of batch) each.reject(problem);
    } finally {
      underWay -= 1;
      startWaiting();
    }
  };
  const startWaiting = () => {
    while (underWay < concurrency && waiting.length > 0) void start(waiting.splice(0, maxSize));
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      queueMicrotask(startWaiting);
    });
}

/** The ports' functions over batches, as functions over single items that share statements. */
export interface Batches {
  readonly loadRequest: (query: RequestQuery, waitMs: number | null) => Promise<RequestFacts>;
  readonly loadBuild: (build: BuildReference, waitMs: number | null) => Promise<BuildFacts | null>;
  readonly commit: (decision: BuildDecision) => Promise<Verdict>;
  readonly acknowledge: (message: ClaimedMessage) => Promise<void>;
  readonly finishedAs: (delivery: { tenantId: string; key: string }) => Promise<FinishedDelivery | null>;
  readonly saveDeliveryRecord: (row: DeliveryRecord) => Promise<void>;
}

/**
 * A batch that is under way fills the time in which the next one gathers; a third one would only take connections from
 * the host. The cap keeps one statement to some milliseconds, so that nobody's commit waits long behind a full batch.
 */
const SIZE = { maxSize: 64, concurrency: 2 };

/** What they are made of. */
export interface BatchDeps<Tx> {
  readonly repository: Repository<Tx>;
  readonly queue: Queue<Tx>;
  readonly deliveryRecords: DeliveryRecords | undefined;
  readonly commit: Commit;
}

/** Prepares them. A call that has to wait for a lock goes alone, so that nobody waits with it. */
export function createBatches<Tx>({ repository, queue, deliveryRecords, commit }: BatchDeps<Tx>): Batches {
  const loadRequest = inBatches(repository.loadRequests, SIZE);
  const loadBuild = inBatches(repository.loadBuilds, SIZE);
  return {
    loadRequest: async (query, waitMs) =>
      waitMs === null ? loadRequest(query) : only(await repository.loadRequests([query], { waitMs })),
    loadBuild: async (build, waitMs) =>
      waitMs === null ? loadBuild(build) : only(await repository.loadBuilds([build], { waitMs })),
    commit: inBatches(commit, SIZE),
    acknowledge: inBatches(async (messages: readonly ClaimedMessage[]) => {
      await queue.acknowledge(messages);
      return messages.map(() => undefined);
    }, SIZE),
    ...(deliveryRecords ? remembering(deliveryRecords) : FORGETFUL),
  };
}

type Deliveries = Pick<Batches, 'finishedAs' | 'saveDeliveryRecord'>;

function remembering({ findFinished, save }: DeliveryRecords): Deliveries {
  return {
    finishedAs: inBatches(findFinished, SIZE),
    saveDeliveryRecord: inBatches(async (records: readonly DeliveryRecord[]) => {
      await save(records);
      return records.map(() => undefined);
    }, SIZE),
  };
}

/** Nothing is remembered, so that a message that comes again goes to everyone again. */
const FORGETFUL: Deliveries = { finishedAs: async () => null, saveDeliveryRecord: async () => {} };

function only<T>(answers: readonly T[]): T {
  const [answer] = answers;
  if (answer === undefined) throw new Error('The repository returned too few answers.');
  return answer;
}
