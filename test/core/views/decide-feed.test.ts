import { describe, expect, it } from 'vitest';
import type { ChangedBuild, ChangedBuilds } from '../../../src/core/views/build-change.js';
import { decideFeed, type FeedState, NOTHING_SEEN } from '../../../src/core/views/decide-feed.js';

const MOST = 3;
const [A, B] = ['tenant a', 'tenant b'];

/** A time as the database prints it. */
const at = (second: number) => `2030-01-01T00:00:${`${second}`.padStart(2, '0')}.000000Z`;

const build = (bindingId: string, changeToken = '1', tenantId = A): ChangedBuild => ({
  tenantId,
  bindingId,
  automationVersionId: `version of ${bindingId}`,
  status: 'pending',
  run: 1,
  errorReason: null,
  assigneeId: null,
  changedAt: at(1),
  changeToken,
});

/** What was found in a look at `second` that went 10 s back behind the one two seconds before. */
const look = (second: number, ...builds: ChangedBuild[]): ChangedBuilds => ({
  now: at(second),
  from: at(second - 12),
  builds,
});

const flood = Array.from({ length: MOST + 1 }, (_, n) => build(`build ${n}`));

/** What is told in look after look of tenant A: `reload`, or builds by id and mark. */
function told(
  looks: readonly ChangedBuilds[],
  first: FeedState = NOTHING_SEEN,
): readonly (readonly string[])[] {
  let state = first;
  return looks.map((found) => {
    const { next, news } = decideFeed(state, [A], found, MOST);
    state = next;
    return news.flatMap((each) =>
      each.kind === 'reload' ? ['reload'] : each.changes.map(({ bindingId }) => bindingId),
    );
  });
}

describe('the feed of changes', () => {
  it('tells what it finds as it stands, without the mark', () => {
    const { news } = decideFeed(NOTHING_SEEN, [A], look(20, build('one')), MOST);
    const { changeToken: _mark, ...change } = build('one');
    expect(news).toEqual([{ kind: 'changes', tenantId: A, changes: [change] }]);
  });

  it('tells nobody of nothing', () => {
    expect(decideFeed(NOTHING_SEEN, [A, B], look(20), MOST).news).toEqual([]);
  });

  it('tells a change once, however many looks find it again', () => {
    expect(told([look(20, build('one')), look(22, build('one')), look(24, build('one')), look(26)])).toEqual([
      ['one'],
      [],
      [],
      [],
    ]);
  });

  it('tells the next change of the same build', () => {
    expect(told([look(20, build('one', '1')), look(22, build('one', '2'))])).toEqual([['one'], ['one']]);
  });

  it('tells what committed late among what was told already, and nothing else', () => {
    expect(told([look(20, build('b')), look(22, build('late'), build('b'))])).toEqual([['b'], ['late']]);
  });

  it('keeps the order in which changes were found', () => {
    expect(told([look(20, build('c'), build('a'), build('b'))])).toEqual([['c', 'a', 'b']]);
  });

  it('goes on from the time of the look', () => {
    expect(decideFeed(NOTHING_SEEN, [A], look(20), MOST).next).toMatchObject({
      since: at(20),
      missed: false,
    });
  });

  it('keeps only what the next poll may find again', () => {
    const first = decideFeed(NOTHING_SEEN, [A, B], look(20, build('one'), build('two', '1', B)), MOST).next;
    const second = decideFeed(first, [A], look(22, build('three')), MOST).next;
    expect([...second.tenants]).toEqual([[A, { kind: 'told', changeTokens: new Map([['three', '1']]) }]]);
  });

  it('tells each tenant its own, and nobody of a tenant that was not asked for', () => {
    const found = look(20, build('one'), build('two', '1', B), build('three', '1', 'tenant c'));
    const { news } = decideFeed(NOTHING_SEEN, [A, B], found, MOST);
    expect(news).toMatchObject([
      { tenantId: A, changes: [{ bindingId: 'one' }] },
      { tenantId: B, changes: [{ bindingId: 'two' }] },
    ]);
    expect(news).toHaveLength(2);
  });

  it('tells a tenant that is watched from now on what others have been told of theirs before', () => {
    const { next } = decideFeed(NOTHING_SEEN, [A], look(20, build('one')), MOST);
    const { news } = decideFeed(next, [A, B], look(22, build('one'), build('two', '1', B)), MOST);
    expect(news).toMatchObject([{ tenantId: B, changes: [{ bindingId: 'two' }] }]);
  });
});

describe('more changes than are told one by one', () => {
  it('are as many as may be one more than that', () => {
    expect(told([look(20, ...flood.slice(1))])[0]).toHaveLength(MOST);
    expect(told([look(20, ...flood)])).toEqual([['reload']]);
  });

  it('make the tenant reload at once, when they are over, and then changes are told again', () => {
    const looks = [look(20, ...flood), look(22, ...flood), look(24, build('one')), look(26, build('two'))];
    expect(told(looks)).toEqual([['reload'], [], ['reload'], ['two']]);
  });

  it('make it reload again once a poll goes back no further than the last time, for as long as they come', () => {
    const seconds = [20, 26, 32, 33, 40, 45, 46];
    expect(told(seconds.map((second) => look(second, ...flood)))).toEqual(
      [20, 26, 32, 33, 40, 45, 46].map((second) =>
        second === 20 || second === 33 || second === 46 ? ['reload'] : [],
      ),
    );
  });

  it('of one tenant leave another its changes', () => {
    const { news } = decideFeed(NOTHING_SEEN, [A, B], look(20, ...flood, build('two', '1', B)), MOST);
    expect(news).toMatchObject([
      { kind: 'reload', tenantId: A },
      { kind: 'changes', tenantId: B },
    ]);
  });
});

describe('after something may have been missed', () => {
  const failed = (state: FeedState): FeedState => ({ ...state, missed: true });

  it('everyone reloads once, whether anything is found or not', () => {
    const before = decideFeed(NOTHING_SEEN, [A, B], look(20, build('one')), MOST).next;
    const { next, news } = decideFeed(failed(before), [A, B], look(22, build('one'), build('two')), MOST);
    expect(news).toEqual([A, B].map((tenantId) => ({ kind: 'reload', tenantId })));
    expect(decideFeed(next, [A, B], look(24, build('one'), build('two')), MOST).news).toEqual([]);
  });

  it('a tenant with too many changes reloads too, though it has just done so', () => {
    const { next } = decideFeed(NOTHING_SEEN, [A], look(20, ...flood), MOST);
    expect(told([look(22, ...flood), look(24, ...flood)], failed(next))).toEqual([['reload'], []]);
  });

  it('a clock that has gone back makes everyone reload, and looks go on from there', () => {
    expect(
      told([look(40, build('one')), look(30, build('one')), look(32, build('one'), build('two'))]),
    ).toEqual([['one'], ['reload'], ['two']]);
  });

  it('a clock that stands still does not', () => {
    expect(told([look(40, build('one')), look(40, build('one'), build('two'))])).toEqual([['one'], ['two']]);
  });
});
