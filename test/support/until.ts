import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once it is so. It has all the time that its test has: nothing depends on how long it takes. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(2);
}

/** A latch that is shut until it is opened. */
export function latch() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}
