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
