const LOOK_MS = 20;
const WITHIN_MS = 3_000;

/** Watches by how much this process is late: what it notes then happened up to so much earlier. */
export function watchLag() {
  const samples: { readonly at: number; readonly ms: number }[] = [];
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    const ms = now - last - LOOK_MS;
    if (ms > LOOK_MS) samples.push({ at: now, ms });
    last = now;
  }, LOOK_MS);
  return {
    // A connection is accepted, then read, each in a turn of its own, so that several delays add up.
    lagAt: (time: number) =>
      samples
        .filter(({ at, ms }) => at >= time - WITHIN_MS && at - ms - LOOK_MS <= time)
        .reduce((sum, { ms }) => sum + ms, LOOK_MS),
    max: () => Math.max(0, ...samples.map(({ ms }) => ms)),
    stop: () => clearInterval(timer),
  };
}
