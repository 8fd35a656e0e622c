import { expect, it } from 'vitest';
import { type EngineAccessOptions, openEngineAccess } from '../../src/outbox/engine-access.js';
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
  await guard.ask(refuse);
  expect(told).toEqual(['away: refused', 'back', 'away: refused']);
});

it('an answer that comes too late says that it is back', async () => {
  const { time, guard, told } = openGuard({ restMs: 60_000 });
  let answerLate = (_late: string[]) => {};
  const late = new Promise<string[]>((resolve) => {
    answerLate = resolve;
  });
  expect(await time.finish(guard.ask(() => late))).toBeNull();
  answerLate(answer);
  await time.advance(0);
  expect(told).toContain('back');
  expect(await guard.ask(async () => answer)).toBe(answer);
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
