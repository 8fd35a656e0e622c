/** How calls are gathered. */
export interface SetOptions {
  /** The most items in one set. */
  readonly maxSize: number;
  /** The most sets under way at once. */
  readonly lanes: number;
}

/**
 * Turns a function over sets into one over single items: calls that come while a set is under way share the next one.
 * Nothing ever waits for company; a call that finds a free lane goes at once, with those of the same turn of the loop.
 *
 * An `Error` in the place of an answer rejects that item's caller alone; if the whole set throws, all of them.
 */
export function inSets<Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly (Answer | Error)[]>,
  { maxSize, lanes }: SetOptions,
): (item: Item) => Promise<Answer> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (problem: unknown) => void;
  }
  const waiting: Waiting[] = [];
  let underWay = 0;

  const start = async (set: readonly Waiting[]) => {
    underWay += 1;
    try {
      const answers = await run(set.map((each) => each.item));
      for (const [index, each] of set.entries()) {
        const answer = answers[index];
        if (answer === undefined && index >= answers.length)
          each.reject(new Error('The set got too few answers.'));
        else if (answer instanceof Error) each.reject(answer);
        else each.resolve(answer as Answer);
      }
    } catch (problem) {
      for (const each of set) each.reject(problem);
    } finally {
      underWay -= 1;
      startWaiting();
    }
  };
  const startWaiting = () => {
    while (underWay < lanes && waiting.length > 0) void start(waiting.splice(0, maxSize));
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      queueMicrotask(startWaiting);
    });
}
