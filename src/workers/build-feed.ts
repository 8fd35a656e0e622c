import type { ChangedBuilds } from '../core/views/build-change.js';
import { decideFeed, type FeedNews, NOTHING_SEEN } from '../core/views/decide-feed.js';
import type { BuildWatch } from '../input/call-inputs.js';
import { callSafely } from '../observability/call-safely.js';
import { changedTenant } from '../observability/changed-tenant.js';
import type { EventListener } from '../observability/events.js';
import type { ChangeQuery } from '../ports/build-views.js';
import type { Timers } from '../runtime/runtime.js';
import { createPoller } from './poller.js';

/** A running watcher. */
export interface BuildWatcher {
  /** Stops reporting immediately. */
  readonly stop: () => void;
}

/** What the feed needs. */
export interface BuildFeedDeps {
  readonly find: (query: ChangeQuery) => Promise<ChangedBuilds>;
  readonly intervalMs: number;
  readonly overlapMs: number;
  readonly maxChanges: number;
  /** Told when `find` has failed: once, until it has succeeded again. */
  readonly onProblem: (problem: unknown) => void;
  /** Told of what a listener threw, or its promise rejected with. */
  readonly onListenerProblem: (name: 'onChange' | 'onReload', tenantId: string, problem: unknown) => void;
  readonly runtime: Timers;
}

/** The changes of builds, for all watchers of this process. */
export interface BuildFeed {
  readonly watch: (watch: BuildWatch) => BuildWatcher;
  /** Polls soon after an event about a change in a watched tenant. */
  readonly hear: EventListener;
}

/**
 * Makes the feed. While anybody watches there is one poll for all; while nobody does there is none, and no timer.
 *
 * The race: a poll that is under way when somebody begins to watch may have come too early for a change that they wait
 * for. So another follows soon, and goes back behind that one; it may tell what changed before they began.
 */
export function createBuildFeed({
  find,
  intervalMs,
  overlapMs,
  maxChanges,
  onProblem,
  onListenerProblem,
  runtime,
}: BuildFeedDeps): BuildFeed {
  const watches = new Map<string, Set<BuildWatch>>();
  let state = NOTHING_SEEN;

  const tell = (news: FeedNews) => {
    // Those of this moment: a listener may stop others, and begin to watch itself.
    for (const watch of [...(watches.get(news.tenantId) ?? [])]) {
      const say = (name: 'onChange' | 'onReload', line: () => unknown) =>
        watches.get(news.tenantId)?.has(watch) &&
        callSafely(line, (problem) => onListenerProblem(name, news.tenantId, problem));
      if (news.kind === 'reload') say('onReload', watch.onReload);
      else for (const change of news.changes) say('onChange', () => watch.onChange(change));
    }
  };

  const poll = async () => {
    const tenantIds = [...watches.keys()];
    try {
      const found = await find({ tenantIds, since: state.since, overlapMs, limit: maxChanges + 1 });
      if (watches.size === 0) return;
      const { next, news } = decideFeed(state, tenantIds, found, maxChanges);
      state = next;
      news.forEach(tell);
    } catch (problem) {
      if (watches.size === 0) return;
      if (!state.missed) onProblem(problem);
      state = { ...state, missed: true };
    }
  };
  const poller = createPoller({ intervalMs, poll, runtime });

  const stop = (watch: BuildWatch) => {
    const others = watches.get(watch.tenantId);
    others?.delete(watch);
    if (others?.size === 0) watches.delete(watch.tenantId);
    if (watches.size > 0) return;
    poller.pause();
    state = NOTHING_SEEN;
  };

  return {
    watch: ({ tenantId, onChange, onReload }) => {
      // A copy, so that the same listeners may watch twice.
      const watch = { tenantId, onChange, onReload };
      watches.set(tenantId, (watches.get(tenantId) ?? new Set()).add(watch));
      poller.soon();
      return { stop: () => stop(watch) };
    },
    hear: (event) => {
      const tenantId = changedTenant(event);
      if (tenantId !== null && watches.has(tenantId)) poller.soon();
    },
  };
}
