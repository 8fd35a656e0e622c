import type { ParseAhead } from '../core/blueprint/read-blueprint.js';
import type { BuildDecision, Verdict } from '../core/build/decision.js';
import type { BuildFacts } from '../core/build/facts.js';
import { isError } from '../core/input/error-text.js';
import { inAscii } from '../core/input/text.js';
import type { DeliveryRecord, DeliveryRecords, FinishedDelivery } from '../ports/delivery-records.js';
import type { Commit } from '../ports/fused.js';
import type { ClaimedMessage, Queue } from '../ports/queue.js';
import type { BuildReference, Repository, RequestQuery } from '../ports/repository.js';
import type { LoadRequest } from './handle-request-build.js';

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
        else if (isError(answer)) each.reject(answer);
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
      // Not `queueMicrotask`, which Jest's fake timers keep back.
      void Promise.resolve().then(startWaiting);
    });
}

/** The ports' functions over batches, as functions over single items that share statements. */
export interface Batches {
  readonly loadRequest: LoadRequest;
  readonly loadBuild: (build: BuildReference, waitMs: number | null) => Promise<BuildFacts | null>;
  readonly loadOwnRows: (build: BuildReference, problem: unknown) => Promise<BuildFacts | null>;
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
  /** As in `RequestQuery`, for builds. */
  readonly maxBlueprintBytes: number;
  readonly parseAhead: ParseAhead;
}

/** Prepares them. A call that has to wait for a lock goes alone, so that nobody waits with it. */
export function createBatches<Tx>(deps: BatchDeps<Tx>): Batches {
  const { repository, queue, deliveryRecords, commit, maxBlueprintBytes, parseAhead } = deps;
  const loadRequest = inBatches((queries: readonly RequestQuery[]) => repository.loadRequests(queries), SIZE);
  const loadBuild = inBatches(
    (builds: readonly BuildReference[]) => repository.loadBuilds(builds, { maxBlueprintBytes }),
    SIZE,
  );
  return {
    loadRequest: async (query, { waitMs, alone }) => {
      if (waitMs === null && !alone) return loadRequest(query);
      return only(await repository.loadRequests([query], waitMs === null ? {} : { waitMs }));
    },
    loadBuild: async (build, waitMs) => {
      const facts =
        waitMs === null
          ? await loadBuild(build)
          : only(await repository.loadBuilds([build], { waitMs, maxBlueprintBytes }));
      return facts && parseAhead(facts);
    },
    loadOwnRows: async (build, problem) => {
      if (!repository.refusalOf?.(problem)) throw problem;
      return only(await repository.loadBuilds([build], { ownRows: true }));
    },
    commit: inBatches(commit, SIZE),
    acknowledge: inBatches(async (messages: readonly ClaimedMessage[]) => {
      await queue.acknowledge(messages);
      return messages.map(() => undefined);
    }, SIZE),
    ...(deliveryRecords ? remembering(deliveryRecords, repository) : FORGETFUL),
  };
}

type Deliveries = Pick<Batches, 'finishedAs' | 'saveDeliveryRecord'>;

function remembering<Tx>(
  { findFinished, save }: DeliveryRecords,
  { refusalOf }: Pick<Repository<Tx>, 'refusalOf'>,
): Deliveries {
  return {
    finishedAs: inBatches(findFinished, SIZE),
    saveDeliveryRecord: inBatches(async (records: readonly DeliveryRecord[]) => {
      await save(records).catch((problem: unknown) => {
        if (!refusalOf?.(problem)?.isOfText) throw problem;
        // A record that is not kept would deliver the notification again.
        return save(
          records.map((record) => ({ ...record, problem: record.problem && inAscii(record.problem) })),
        );
      });
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
