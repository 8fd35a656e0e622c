/** Where those stand who want to do one thing after another. */
export interface Line {
  last: Promise<unknown>;
}

export const newLine = (): Line => ({ last: Promise.resolve() });

/** Runs `work` when everybody who came before is done, however that ended. */
export function takeTurn<T>(line: Line, work: () => Promise<T>): Promise<T> {
  const turn = line.last.then(work);
  line.last = turn.catch(() => {});
  return turn;
}
