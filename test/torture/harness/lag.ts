const LOOK_MS = 20;

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
    lagAt: (time: number) =>
      Math.max(
        0,
        ...samples.flatMap(({ at, ms }) => (time <= at + ms && time >= at - ms - LOOK_MS ? [ms] : [])),
      ) + 10,
    max: () => Math.max(0, ...samples.map(({ ms }) => ms)),
    stop: () => clearInterval(timer),
  };
}
