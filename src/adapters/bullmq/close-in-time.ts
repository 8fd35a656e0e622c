/** In milliseconds. An unreachable Redis must not keep a process from ending. */
const MAX_CLOSE_MS = 2_000;

/** Calls `close`, and `giveUp` if it takes too long. */
export async function closeInTime(close: () => Promise<void>, giveUp: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<'too late'>((resolve) => {
    timer = setTimeout(() => resolve('too late'), MAX_CLOSE_MS);
  });
  const closed = close().catch(() => {});
  if ((await Promise.race([closed, tooLate])) === 'too late') await giveUp();
  clearTimeout(timer);
}
