import type { Timer, Timers } from '../../runtime/runtime.js';
import { systemRuntime } from '../../runtime/system-runtime.js';

/** A Redis that is away must not keep a process from ending. */
const MAX_CLOSE_MS = 2_000;

/** Closes something; what cannot be closed in time is given up. */
export async function closeInTime(
  close: () => Promise<void>,
  giveUp: () => unknown,
  { setTimer }: Timers = systemRuntime,
): Promise<void> {
  let timer: Timer | undefined;
  const tooLate = new Promise<'too late'>((resolve) => {
    timer = setTimer(MAX_CLOSE_MS, () => resolve('too late'));
  });
  const closed = close().catch(() => {});
  if ((await Promise.race([closed, tooLate])) === 'too late') await giveUp();
  timer?.clear();
}
