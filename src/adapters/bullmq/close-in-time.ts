/** A Redis that is away must not keep a process from ending. */
const MAX_CLOSE_MS = 2_000;

/** Closes something; what cannot be closed in time is given up. */
export async function closeInTime(close: () => Promise<void>, giveUp: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<'too late'>((resolve) => {
    timer = setTimeout(() => resolve('too late'), MAX_CLOSE_MS);
  });
  const closed = close().catch(() => {});
  if ((await Promise.race([closed, tooLate])) === 'too late') await giveUp();
  clearTimeout(timer);
}
