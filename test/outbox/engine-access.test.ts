import { expect, it } from 'vitest';
import { type EngineAccessOptions, openEngineAccess } from '../../src/outbox/engine-access.js';
import { sleep } from '../../src/runtime/waiting.js';
import { fakeRuntime } from '../support/fake-runtime.js';

const openGuard = (options: Partial<EngineAccessOptions> = {}) => {
  const time = fakeRuntime();
  const told: string[] = [];
  const guard = openEngineAccess({
    waitMs: 20,
    restMs: 20,
    onAway: (problem) => told.push(`away: ${problem instanceof Error ? problem.message : problem}`),
    onBack: () => told.push('back'),
    runtime: time,
    ...options,
  });
  return { time, guard, told };
};
const answer = ['answer'];
const never = () => new Promise<never>(() => {});
const refuse = async () => {
  throw new Error('refused');
};

it('an engine that answers is asked, and nothing is told', async () => {
  const { guard, told } = openGuard();
  expect(await guard.ask(async () => answer)).toBe(answer);
  expect(told).toEqual([]);
});

it.each([
  ['refuses', refuse, 'refused'],
  [
    'throws at once',
    () => {
      throw new Error('no connection');
    },
    'no connection',
  ],
  ['does not answer', never, 'It did not answer within 20 ms.'],
])('one that %s gives nothing, and is told of once', async (_, question, problem) => {
  const { time, guard, told } = openGuard();
  for (let asked = 0; asked < 3; asked += 1) {
    expect(await time.finish(guard.ask<string[]>(question))).toBeNull();
    await time.advance(50);
  }
  expect(told).toEqual([`away: ${problem}`]);
});

it('one that is away is left alone for a while, and longer each time', async () => {
  const { guard } = openGuard({ restMs: 60_000 });
  let asked = 0;
  const question = () => {
    asked += 1;
    return refuse();
  };
  for (let times = 0; times < 5; times += 1) expect(await guard.ask(question)).toBeNull();
  expect(asked).toBe(1);
});

it('of many that ask for one that is away, one tries', async () => {
  const { time, guard } = openGuard();
  await guard.ask(refuse);
  await time.advance(40);
  let asked = 0;
  const question = () => {
    asked += 1;
    return never();
  };
  await time.finish(Promise.all(Array.from({ length: 5 }, () => guard.ask(question))));
  expect(asked).toBe(1);
});

it('one that answers again is used again, and that is told', async () => {
  const { time, guard, told } = openGuard();
  await guard.ask(refuse);
  expect(await guard.ask(async () => answer), 'it is left alone').toBeNull();
  await time.advance(20);
  expect(await guard.ask(async () => answer)).toBe(answer);
  expect(told).toEqual(['away: refused', 'back']);
  await time.advance(20);
  expect(await guard.ask(async () => answer)).toBe(answer);
  await guard.ask(refuse);
  expect(told).toEqual(['away: refused', 'back', 'away: refused']);
});

it('A11 an answer that comes too late is dropped, and says nothing', async () => {
  const { time, guard, told } = openGuard({ restMs: 60_000 });
  let answerLate = (_late: string[]) => {};
  const late = new Promise<string[]>((resolve) => {
    answerLate = resolve;
  });
  expect(await time.finish(guard.ask(() => late))).toBeNull();
  await time.advance(1);
  answerLate(answer);
  await time.advance(0);
  expect(told).toEqual(['away: It did not answer within 20 ms.']);
  expect(await guard.ask(async () => answer)).toBeNull();
});

it('a refusal that comes too late ends nothing', async () => {
  const { time, guard, told } = openGuard();
  let refuseLate = (_problem: Error) => {};
  const late = new Promise<string[]>((_, reject) => {
    refuseLate = reject;
  });
  expect(await time.finish(guard.ask(() => late))).toBeNull();
  refuseLate(new Error('connection closed'));
  await time.advance(1);
  expect(told).toEqual(['away: It did not answer within 20 ms.']);
});

/** An engine that answers so long after it was asked. */
function slowEngine(options: Partial<EngineAccessOptions> = {}) {
  const opened = openGuard({ waitMs: 2_000, restMs: 5_000, ...options });
  const { time, guard } = opened;
  let asked = 0;
  let lastPatience = 0;
  return {
    ...opened,
    asked: () => asked,
    /** How long the last one waited. */
    waited: () => lastPatience,
    ask: async (answerMs: number) => {
      const since = time.monotonicMs();
      const got = await time.finish(
        guard.ask(() => {
          asked += 1;
          return sleep(time, answerMs).then(() => answer);
        }),
      );
      lastPatience = time.monotonicMs() - since;
      return got;
    },
  };
}

it('A11 one that answers late counts as away: the pause grows, nobody waits for it, and it is told once', async () => {
  const { time, ask, asked, waited, told } = slowEngine();
  const waits: number[] = [];
  const until = time.monotonicMs() + 120_000;
  while (time.monotonicMs() < until) {
    expect(await ask(2_500)).toBeNull();
    waits.push(waited());
    await time.advance(500);
  }
  // After 5, 10, 20, 40 s.
  expect(asked()).toBe(5);
  expect(waits.filter((wait) => wait > 100)).toEqual([2_000]);
  expect(told).toEqual(['away: It did not answer within 2000 ms.']);
});

it('A11 one that answers some questions in time and others late is told once, and left alone longer each time', async () => {
  const { time, ask, told, asked } = slowEngine();
  const until = time.monotonicMs() + 300_000;
  let late = 0;
  while (time.monotonicMs() < until) {
    if (await ask(5)) {
      await ask(2_500);
      late += 1;
    }
    await time.advance(500);
  }
  expect(late, 'after 5, 10, 20, 40 and then every 60 s').toBeLessThan(9);
  expect(asked()).toBeLessThan(17);
  expect(told.filter((each) => each.startsWith('away'))).toHaveLength(1);
});

it('A11 one that is slow, but in time, is used again after it was away', async () => {
  const { time, guard, ask, waited, told } = slowEngine();
  await guard.ask(refuse);
  await time.advance(5_000);
  expect(await ask(150), 'nobody waits so long to find out').toBeNull();
  expect(waited()).toBe(100);
  await time.advance(100);
  expect(await ask(150)).toBe(answer);
  expect(told).toEqual(['away: refused', 'back']);
});

it('A11 many that wait for one answer in vain are one failure', async () => {
  const { time, guard } = openGuard({ waitMs: 2_000, restMs: 5_000 });
  await time.finish(Promise.all(Array.from({ length: 8 }, () => guard.ask(never))));
  await time.advance(5_000);
  expect(await guard.ask(async () => answer)).toBe(answer);
});

it('A11 one that was well again for as long as its last pause is told of when it goes away anew', async () => {
  const { time, guard, told } = openGuard({ restMs: 5_000 });
  for (let times = 0; times < 2; times += 1) {
    await guard.ask(refuse);
    await time.advance(5_000);
    for (const pause of [0, 2_500, 2_500]) {
      await time.advance(pause);
      expect(await guard.ask(async () => answer)).toBe(answer);
    }
  }
  expect(told).toEqual(['away: refused', 'back', 'away: refused', 'back']);
});
