import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { describeWithPostgres } from '../../support/database.js';
import { type FlowFamily, type FlowStore, flowStores } from './flow-stores.js';
import { openScene, type Scene, type SceneOptions } from './scene.js';

/** Opens a scene in the family under test. */
export type OpenScene = (options?: SceneOptions) => Promise<Scene>;

/**
 * Registers tests once for each storage family. A family is opened once for a file, and emptied before each test;
 * what the tests get opens a scene in it.
 */
export function describeInEachStore(
  name: string,
  tests: (open: OpenScene, family: FlowFamily) => void,
): void {
  for (const family of flowStores) {
    const describeFamily = family.onServer ? describeWithPostgres : describe;
    describeFamily(`${name} in ${family.name}`, () => {
      let store: FlowStore;
      beforeAll(async () => {
        store = await family.open();
      });
      beforeEach(() => store.clear());
      afterAll(() => store?.close());
      tests((options) => openScene(store, options), family);
    });
  }
}
