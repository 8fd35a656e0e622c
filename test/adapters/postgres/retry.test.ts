import { beforeEach, describe, expect, it } from 'vitest';
import {
  askUntilReachable,
  runAgainAfterRace,
} from '../../../src/adapters/postgres/transactions/failures.js';
import { fakeRuntime } from '../../support/fake-runtime.js';

const refused = (code: string, constraint?: string) =>
  Object.assign(new Error(`refused with ${code}`), { code, ...(constraint ? { constraint } : {}) });
const LOST = new Error('Connection terminated unexpectedly');

let time = fakeRuntime();
beforeEach(() => {
  time = fakeRuntime();
});

/** Fails with these, one after the other, and then succeeds. */
function failing(...problems: readonly Error[]) {
  let runs = 0;
  const run = async () => {
    const problem = problems[runs];
    runs += 1;
    if (problem) throw problem;
    return 'done';
  };
  return { run, runs: () => runs };
}

/** Lets every wait of `work` pass at once. */
async function unwaited<T>(work: Promise<T>): Promise<PromiseSettledResult<T>> {
  const settled = Promise.allSettled([work]);
  const [result] = await time.finish(settled);
  return result;
}

describe('running again', () => {
  it.each([
    ['a serialization failure', refused('40001')],
    ['a deadlock', refused('40P01')],
    [
      'a workflow that another transaction bound just now',
      refused('23505', 'workflow_bindings_wrk_workflow_id_key'),
    ],
  ])('happens after %s, twice at most', async (_, problem) => {
    const twice = failing(problem, problem);
    expect(await unwaited(runAgainAfterRace(twice.run, time))).toMatchObject({ value: 'done' });
    const ever = failing(problem, problem, problem, problem);
    expect(await unwaited(runAgainAfterRace(ever.run, time))).toMatchObject({ reason: problem });
    expect(ever.runs()).toBe(3);
  });

  it.each([
    ['any other unique index', refused('23505', 'messages_key')],
    ['a value that cannot be stored', refused('22P02')],
    ['a lost connection, whose outcome has to be looked up first', LOST],
  ])('does not happen after %s', async (_, problem) => {
    const { run, runs } = failing(problem);
    expect(await unwaited(runAgainAfterRace(run, time))).toMatchObject({ reason: problem });
    expect(runs()).toBe(1);
  });
});

describe('asking until the server can be reached', () => {
  it('goes on through lost connections, six times more at most', async () => {
    const six = failing(...Array.from({ length: 6 }, () => LOST));
    expect(await unwaited(askUntilReachable(six.run, time))).toMatchObject({ value: 'done' });
    const seven = failing(...Array.from({ length: 7 }, () => LOST));
    expect(await unwaited(askUntilReachable(seven.run, time))).toMatchObject({ reason: LOST });
    expect(seven.runs()).toBe(7);
  });

  it('ends at once when the server answers with a refusal', async () => {
    const problem = refused('42P01');
    const { run, runs } = failing(LOST, problem);
    expect(await unwaited(askUntilReachable(run, time))).toMatchObject({ reason: problem });
    expect(runs()).toBe(2);
  });
});
