import { beforeEach, describe, expect, it } from 'vitest';
import type { LeaseReference } from '../../src/ports/repository.js';
import { keepLeases, momentOf } from '../../src/workers/lease-keeper.js';
import { fakeRuntime } from '../support/fake-runtime.js';

const LEASE_MS = 60_000;
const BEAT_MS = LEASE_MS / 3;

let time = fakeRuntime();
beforeEach(() => {
  time = fakeRuntime();
});

const lease = (bindingId: string): LeaseReference => ({ tenantId: 'tenant-1', bindingId, fence: 2 });

/** A keeper over a database that answers as `extend` says: by default, every lease is kept. */
function openKeeper(extend = async (leases: readonly LeaseReference[]) => leases.map(() => true)) {
  const asked: (readonly string[])[] = [];
  const problems: unknown[] = [];
  const keeper = keepLeases({
    leaseMs: LEASE_MS,
    extend: (leases) => {
      asked.push(leases.map(({ bindingId }) => bindingId));
      return extend(leases);
    },
    onProblem: (problem) => problems.push(problem),
    runtime: time,
  });
  return { keeper, asked, problems, hold: (id: string) => keeper.hold(lease(id), momentOf(time)) };
}

/** When the signal aborted, in milliseconds from now, within `ms`; `null` if it did not. */
async function abortedWithin(signal: AbortSignal, ms: number): Promise<number | null> {
  const start = time.monotonicMs();
  let at: number | null = null;
  signal.addEventListener('abort', () => {
    at = time.monotonicMs() - start;
  });
  await time.advance(ms);
  return at;
}

describe('leases', () => {
  it('are extended every third of their time, a few of them in one go, as long as they are held', async () => {
    const { asked, hold, keeper } = openKeeper();
    const a = hold('a');
    const b = hold('b');
    await time.advance(2 * BEAT_MS);
    expect(asked).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    a.release();
    await time.advance(BEAT_MS);
    expect(asked.at(-1)).toEqual(['b']);
    b.release();
    await time.advance(10 * BEAT_MS);
    expect(asked, 'nothing is asked about nothing').toHaveLength(3);
    expect([a.signal.aborted, b.signal.aborted]).toEqual([false, false]);
    keeper.stop();
  });

  it('are extended in batches of 64, one after the other, so that no statement holds many rows for long', async () => {
    const answers: (() => void)[] = [];
    const { asked, hold, keeper } = openKeeper(async (leases) => {
      await new Promise<void>((resolve) => answers.push(resolve));
      return leases.map(() => true);
    });
    const held = Array.from({ length: 130 }, (_, n) => hold(`build ${n}`));
    await time.advance(BEAT_MS);
    expect(asked.map((set) => set.length)).toEqual([64]);
    answers[0]?.();
    await time.advance(0);
    expect(asked.map((set) => set.length)).toEqual([64, 64]);
    // Those that are given back meanwhile are not asked about, and nothing is asked about nothing.
    for (const each of held.slice(128)) each.release();
    answers[1]?.();
    await time.advance(0);
    expect(asked.map((set) => set.length)).toEqual([64, 64]);
    expect(new Set(asked.flat()).size).toBe(128);
    keeper.stop();
  });

  it('can be held for ever while they can be extended', async () => {
    const { hold } = openKeeper();
    expect(await abortedWithin(hold('a').signal, 100 * LEASE_MS)).toBeNull();
  });

  it('that went to somebody else stop the work on them, and on no other', async () => {
    const { hold } = openKeeper(async (leases) => leases.map(({ bindingId }) => bindingId !== 'b'));
    const [a, b] = [hold('a'), hold('b')];
    expect(await abortedWithin(b.signal, BEAT_MS)).toBe(BEAT_MS);
    expect(b.signal.reason).toMatchObject({ message: 'The lease was lost.' });
    await time.advance(LEASE_MS);
    expect(a.signal.aborted).toBe(false);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('the database is away'))],
    ['hangs', () => new Promise<never>(() => {})],
  ])('stop the work before they end when extending %s', async (_, extend) => {
    const { hold } = openKeeper(extend);
    const at = await abortedWithin(hold('a').signal, LEASE_MS);
    expect(at).not.toBeNull();
    expect(at).toBeLessThanOrEqual(LEASE_MS - BEAT_MS);
  });

  it('tell of a problem with extending each time, and stop nothing while there is time left', async () => {
    let fails = true;
    const problem = new Error('the database is away');
    const { hold, problems } = openKeeper(async (leases) => {
      if (fails) throw problem;
      return leases.map(() => true);
    });
    // Held since some time after the beat, as most are.
    await time.advance(BEAT_MS / 2);
    const { signal } = hold('a');
    await time.advance(BEAT_MS / 2);
    expect(problems).toEqual([problem]);
    fails = false;
    expect(await abortedWithin(signal, 10 * LEASE_MS)).toBeNull();
  });

  it('count from before the claim was asked for, however long its answer took', async () => {
    const { keeper } = openKeeper(() => new Promise(() => {}));
    const claimedAt = momentOf(time);
    await time.advance(BEAT_MS);
    const { signal } = keeper.hold(lease('a'), claimedAt);
    expect(await abortedWithin(signal, LEASE_MS)).toBeLessThanOrEqual(LEASE_MS - 2 * BEAT_MS);
  });

  it('count from before an extension was asked for, however long its answer took', async () => {
    const answers: (() => void)[] = [];
    const { hold } = openKeeper(
      (leases) => new Promise((resolve) => answers.push(() => resolve(leases.map(() => true)))),
    );
    const { signal } = hold('a');
    // Asked for at one beat, answered shortly before the work would be stopped, and never again.
    await time.advance(2 * BEAT_MS - 1);
    answers[0]?.();
    const at = await abortedWithin(signal, LEASE_MS);
    expect(at).not.toBeNull();
    expect(2 * BEAT_MS - 1 + Number(at)).toBeLessThanOrEqual(BEAT_MS + LEASE_MS - BEAT_MS);
  });

  it('A1: let nothing begin once a third of their time is left, whatever the timers have noticed', async () => {
    const { keeper } = openKeeper(() => new Promise(() => {}));
    const claimedAt = momentOf(time);
    await time.advance(LEASE_MS - BEAT_MS - 1);
    const held = keeper.hold(lease('a'), claimedAt);
    expect(held.mayBegin()).toBe(true);
    await time.advance(1);
    expect(held.mayBegin()).toBe(false);
    // A claim that is answered after its lease has ended, as of a process that stood still.
    expect(keeper.hold(lease('b'), { monotonicMs: -LEASE_MS, wallClockMs: 0 }).mayBegin()).toBe(false);
  });

  it('A1: count by the wall clock where the monotonic one stood still, as on a machine that slept', async () => {
    const { keeper, hold } = openKeeper();
    const { signal, mayBegin } = keeper.hold(lease('a'), {
      monotonicMs: time.monotonicMs(),
      wallClockMs: time.wallClockMs() - LEASE_MS,
    });
    expect([mayBegin(), signal.aborted]).toEqual([false, false]);
    await time.advance(BEAT_MS);
    expect(mayBegin(), 'the extension was from this moment').toBe(true);
    expect(hold('b').mayBegin()).toBe(true);
  });

  it('let nothing begin once the process stops', () => {
    const { keeper, hold } = openKeeper();
    const { mayBegin } = hold('a');
    keeper.abortAll('The process is stopping.');
    expect([mayBegin(), hold('b').mayBegin()]).toEqual([false, false]);
  });

  it('lose nothing by an extension that ends after a later one', async () => {
    const answers: (() => void)[] = [];
    const { hold, asked } = openKeeper(
      (leases) => new Promise((resolve) => answers.push(() => resolve(leases.map(() => true)))),
    );
    await time.advance(BEAT_MS / 2);
    const { signal } = hold('a');
    await time.advance(1.5 * BEAT_MS);
    expect(asked).toHaveLength(2);
    answers[1]?.();
    await time.advance(0);
    answers[0]?.();
    // From the first, asked for a beat earlier, it would be stopped here.
    await time.advance(1.5 * BEAT_MS);
    expect(signal.aborted).toBe(false);
  });

  it('that were given back are not stopped by an answer that says they are lost', async () => {
    let answer = (_: readonly boolean[]) => {};
    const { hold } = openKeeper(
      () =>
        new Promise<boolean[]>((resolve) => {
          answer = (kept) => resolve([...kept]);
        }),
    );
    const { signal, release } = hold('a');
    await time.advance(BEAT_MS);
    release();
    answer([false]);
    expect(await abortedWithin(signal, LEASE_MS)).toBeNull();
  });

  it('are all stopped when the process stops, those too that a late claim brings', async () => {
    const { hold, keeper } = openKeeper();
    const before = hold('a');
    keeper.abortAll('The process is stopping.');
    const after = hold('b');
    for (const { signal } of [before, after]) {
      expect(signal.aborted).toBe(true);
      expect(signal.reason).toMatchObject({ message: 'The process is stopping.' });
    }
  });

  it('are asked about no more once the keeper has stopped', async () => {
    const { hold, keeper, asked } = openKeeper();
    const { signal } = hold('a');
    keeper.stop();
    expect(await abortedWithin(signal, 10 * LEASE_MS)).toBeNull();
    expect([asked, time.timers()]).toEqual([[], 0]);
  });
});
