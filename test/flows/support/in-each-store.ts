import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { describeWithPostgres } from '../../support/database.js';
import { isFull } from '../../support/size.js';
import { type FlowApp, type FlowAppOptions, openFlowApp } from './flow-app.js';
import { type FlowFamily, type FlowStore, flowStores } from './flow-stores.js';

/** Opens an app in the family under test. */
export type OpenFlowApp = (options?: FlowAppOptions) => Promise<FlowApp>;

/**
 * Registers tests once for each storage family. A family is opened once for a file, and emptied before each test;
 * what the tests get opens an app in it.
 */
export function describeInEachStore(
  name: string,
  tests: (open: OpenFlowApp, family: FlowFamily) => void,
): void {
  for (const family of isFull ? flowStores : flowStores.slice(0, 2)) {
    const describeFamily = family.onServer ? describeWithPostgres : describe;
    describeFamily(`${name} in ${family.name}`, () => {
      let store: FlowStore;
      beforeAll(async () => {
        store = await family.open();
      });
      beforeEach(() => store.clear());
      afterAll(() => store?.close());
      tests((options) => openFlowApp(store, options), family);
    });
  }
}
