import type { BuildViews } from '../../ports/build-views.js';
import { isHeld } from './claim-capacity.js';
import { findBuilds } from './find-builds.js';
import { findChangedBuilds } from './find-changed-builds.js';
import type { Store } from './store.js';

export function createBuildViews({ committed, now }: Store): BuildViews {
  return {
    findBuilds: async (query) => findBuilds(committed, now(), query),
    findChangedBuilds: async (query) => findChangedBuilds(committed, now(), query),
    countRefused: async () => {
      const refused = committed
        .all('bindings')
        .map(({ row }) => row)
        .filter(({ errorReason }) => errorReason === 'outcome_refused')
        .toSorted((one, other) => other.updatedAt - one.updatedAt);
      const detail = refused[0]?.errorDetails?.detail;
      return { count: refused.length, newest: typeof detail === 'string' ? detail : null };
    },
    countHeld: async () => committed.all('bindings').filter(({ row }) => isHeld(row, now())).length,
  };
}
