import { beforeEach, describe, expect, it } from 'vitest';
import type { BuildChange, ChangedBuild, ChangedBuilds } from '../../src/core/views/build-change.js';
import type { ChangeQuery } from '../../src/ports/build-views.js';
import { createBuildFeed } from '../../src/workers/build-feed.js';
import { fakeRuntime } from '../support/fake-runtime.js';
import { latch } from '../support/until.js';

const EVERY_MS = 2_000;
const OVERLAP_MS = 10_000;
const [A, B] = ['tenant a', 'tenant b'];

let time = fakeRuntime();
beforeEach(() => {
  time = fakeRuntime();
});

const change = (bindingId: string, tenantId = A): ChangedBuild => ({
  tenantId,
  bindingId,
  automationVersionId: 'version',
  status: 'pending',
  run: 1,
  errorReason: null,
  assigneeId: null,
  changedAt: new Date(time.wallClockMs()).toISOString(),
  changeToken: `${time.wallClockMs()}`,
});

/** A feed over rows that the test changes, with what it was asked and whom it told of problems. */
function openFeed() {
  const rows: ChangedBuild[] = [];
  const asked: ChangeQuery[] = [];
  const problems: unknown[] = [];
  const listenerProblems: unknown[] = [];
  const database: { problem: Error | null; answered: Promise<void> } = {
    problem: null,
    answered: Promise.resolve(),
  };
  const find = async (query: ChangeQuery): Promise<ChangedBuilds> => {
    asked.push(query);
    const now = new Date(time.wallClockMs()).toISOString();
    const from = new Date(Date.parse(query.since ?? now) - query.overlapMs).toISOString();
    const builds = rows.filter(
      ({ tenantId, changedAt }) => query.tenantIds.includes(tenantId) && changedAt >= from,
    );
    const { problem } = database;
    await database.answered;
    if (problem) throw problem;
    return { now, from, builds };
  };
  const feed = createBuildFeed({
    find,
    intervalMs: EVERY_MS,
    overlapMs: OVERLAP_MS,
    maxChanges: 5,
    onProblem: (problem) => problems.push(problem),
    onListenerProblem: (name, tenantId, problem) => listenerProblems.push([name, tenantId, problem]),
    runtime: time,
  });
  return { rows, asked, problems, listenerProblems, database, feed };
}

/** Watches a tenant; `told` is what it hears, builds by id. */
function watch({ feed }: ReturnType<typeof openFeed>, tenantId = A) {
  const told: string[] = [];
  const { stop } = feed.watch({
    tenantId,
    onChange: ({ bindingId }: BuildChange) => void told.push(bindingId),
    onReload: () => void told.push('reload'),
  });
  return { told, stop };
}

const pass = (ms = EVERY_MS + 100) => time.advance(ms);

describe('the feed', () => {
  it('asks nothing while nobody watches, before and after', async () => {
    const opened = openFeed();
    opened.feed.hear({
      type: 'build_failed',
      tenantId: A,
      automationVersionId: 'v',
      bindingId: 'b',
      requestId: 'r',
      reason: null,
    });
    await pass();
    expect([opened.asked.length, time.timers()]).toEqual([0, 0]);
    const watchers = [watch(opened), watch(opened), watch(opened, B)];
    await pass();
    const asked = opened.asked.length;
    expect(asked).toBeGreaterThan(0);
    for (const { stop } of watchers) stop();
    expect(time.timers()).toBe(0);
    await pass(10 * EVERY_MS);
    expect(opened.asked).toHaveLength(asked);
  });

  it('asks once for all who watch, for each tenant once', async () => {
    const opened = openFeed();
    for (let n = 0; n < 50; n += 1) watch(opened, n % 2 === 0 ? A : B);
    await pass(100 + 3 * EVERY_MS);
    expect(opened.asked.map(({ tenantIds }) => tenantIds)).toEqual(Array(4).fill([A, B]));
    expect(opened.asked[0]).toEqual({ tenantIds: [A, B], since: null, overlapMs: OVERLAP_MS, limit: 6 });
    expect(opened.asked[1]?.since).toBe(new Date(time.wallClockMs() - 3 * EVERY_MS).toISOString());
  });

  it('tells everyone who watches a tenant of its changes, and nobody else', async () => {
    const opened = openFeed();
    const [one, two, other] = [watch(opened), watch(opened), watch(opened, B)];
    await pass();
    opened.rows.push(change('first'), change('theirs', B));
    await pass();
    expect([one.told, two.told, other.told]).toEqual([['first'], ['first'], ['theirs']]);
  });

  it('looks soon after this process has changed a build of a tenant that is watched, and of no other', async () => {
    const opened = openFeed();
    const { told } = watch(opened);
    await pass(100);
    const about = { automationVersionId: 'v', bindingId: 'b', requestId: 'r', reason: null };
    opened.rows.push(change('mine'));
    opened.feed.hear({ type: 'build_failed', ...about, tenantId: B });
    await pass(100);
    expect(told).toEqual([]);
    opened.feed.hear({ type: 'build_failed', ...about, tenantId: A });
    await pass(100);
    expect(told).toEqual(['mine']);
  });

  it('tells nothing more to one that has stopped, not even the rest of what was found', async () => {
    const opened = openFeed();
    const told: string[] = [];
    const watcher = opened.feed.watch({
      tenantId: A,
      onChange: ({ bindingId }) => {
        told.push(bindingId);
        watcher.stop();
      },
      onReload: () => {},
    });
    const other = watch(opened);
    opened.rows.push(change('first'), change('second'));
    await pass();
    watcher.stop();
    opened.rows.push(change('third'));
    await pass();
    expect([told, other.told]).toEqual([['first'], ['first', 'second', 'third']]);
  });

  it('tells nothing of a poll that was under way when the last one stopped', async () => {
    const opened = openFeed();
    const { open, passed } = latch();
    opened.database.answered = passed;
    const { told, stop } = watch(opened);
    opened.rows.push(change('first'));
    await pass(100);
    stop();
    open();
    await pass();
    expect([told, opened.asked.length, time.timers()]).toEqual([[], 1, 0]);
  });

  it('does not look back over the time in which nobody watched', async () => {
    const opened = openFeed();
    watch(opened).stop();
    const first = watch(opened);
    await pass();
    first.stop();
    opened.rows.push(change('long ago'));
    await pass(OVERLAP_MS + EVERY_MS);
    const { told } = watch(opened);
    await pass();
    expect(told).toEqual([]);
  });

  it('tells one that begins while a poll is under way of what that poll came too early for', async () => {
    const opened = openFeed();
    const first = watch(opened);
    const { open, passed } = latch();
    opened.database.answered = passed;
    await pass(100);
    const late = watch(opened);
    const other = watch(opened, B);
    opened.rows.push(change('late'), change('theirs', B));
    open();
    await pass(200);
    expect([first.told, late.told, other.told]).toEqual([['late'], ['late'], ['theirs']]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('the listener is broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the listener is broken'))],
  ])('goes on when a listener %s', async (_, broken) => {
    const opened = openFeed();
    opened.feed.watch({ tenantId: A, onChange: broken, onReload: broken });
    const { told } = watch(opened);
    opened.rows.push(change('first'), change('second'));
    await pass();
    opened.database.problem = new Error('the database is away');
    await pass();
    opened.database.problem = null;
    await pass();
    expect(told).toEqual(['first', 'second', 'reload']);
    const problem = new Error('the listener is broken');
    expect(opened.listenerProblems, 'C10').toEqual([
      ['onChange', A, problem],
      ['onChange', A, problem],
      ['onReload', A, problem],
    ]);
  });

  it('a listener that begins to watch when it is told to reload is not told again at once', async () => {
    const opened = openFeed();
    let reloads = 0;
    const again = () => {
      reloads += 1;
      opened.feed.watch({ tenantId: A, onChange: () => {}, onReload: again });
    };
    opened.feed.watch({ tenantId: A, onChange: () => {}, onReload: again });
    for (let n = 0; n < 6; n += 1) opened.rows.push(change(`build ${n}`));
    await pass(100);
    expect(reloads).toBe(1);
  });

  it('says once that the database is away, and makes everyone reload when it is back', async () => {
    const opened = openFeed();
    const [one, other] = [watch(opened), watch(opened, B)];
    await pass();
    opened.database.problem = new Error('the database is away');
    opened.rows.push(change('unseen'));
    await pass(5 * EVERY_MS);
    expect(opened.problems).toEqual([opened.database.problem]);
    expect([one.told, other.told]).toEqual([[], []]);
    opened.database.problem = null;
    await pass();
    opened.rows.push(change('next'));
    await pass();
    expect([one.told, other.told]).toEqual([['reload', 'next'], ['reload']]);

    opened.database.problem = new Error('the database is away again');
    await pass(5 * EVERY_MS);
    expect(opened.problems).toHaveLength(2);
  });

  it('says nothing of a database that fails when the last one has stopped', async () => {
    const opened = openFeed();
    const { open, passed } = latch();
    opened.database.answered = passed;
    opened.database.problem = new Error('the database is away');
    const { stop } = watch(opened);
    await pass(100);
    stop();
    open();
    await pass();
    expect(opened.problems).toEqual([]);
  });
});
