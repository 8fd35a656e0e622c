import type { Builds } from '../builds.js';
import { problemLine } from '../core/input/error-text.js';
import { checkWatch } from '../input/call-options.js';
import type { WatchPolicy } from '../input/watch-options.js';
import type { Capabilities } from '../ports/capabilities.js';
import type { Timers } from '../runtime/runtime.js';
import { createBuildFeed } from '../workers/build-feed.js';
import { missingCapability } from './capabilities.js';
import { type Events, workerProblem } from './events.js';

/** What the feed of changes is wired from. */
export interface WatchWiringDeps<Tx> {
  readonly capabilities: Capabilities<Tx>;
  readonly policy: WatchPolicy;
  readonly ready: () => Promise<void>;
  readonly events: Events;
  readonly runtime: Timers;
}

/** Connects watchers of builds with the storage and with the events of this process. */
export function prepareWatch<Tx>({
  capabilities: { buildViews },
  policy,
  ready,
  events,
  runtime,
}: WatchWiringDeps<Tx>): Pick<Builds<Tx>, 'watchBuilds'> {
  const feed =
    buildViews &&
    createBuildFeed({
      ...policy,
      runtime,
      find: (query) => ready().then(() => buildViews.findChangedBuilds(query)),
      onProblem: (problem) => events.emit(workerProblem('watch', problem)),
      onListenerProblem: (name, tenantId, problem) =>
        events.emit({
          type: 'host_function_failed',
          function: name,
          tenantId,
          problem: problemLine(problem),
        }),
    });
  if (feed) events.subscribe(feed.hear);
  return {
    watchBuilds: (watch) => {
      checkWatch(watch);
      if (!feed) throw missingCapability('watchBuilds', 'buildViews');
      return feed.watch(watch);
    },
  };
}
