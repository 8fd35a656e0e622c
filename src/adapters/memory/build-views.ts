import type { BuildViews } from '../../ports/build-views.js';
import { isHeld } from './claim-capacity.js';
import { findBuilds } from './find-builds.js';
import { findChangedBuilds } from './find-changed-builds.js';
import type { Store } from './store.js';

export function createBuildViews({ committed, now }: Store): BuildViews {
  return {
    findBuilds: async (query) => findBuilds(committed, now(), query),
    findChangedBuilds: async (query) => findChangedBuilds(committed, now(), query),
    countHeld: async () => committed.all('bindings').filter(({ row }) => isHeld(row, now())).length,
  };
}
