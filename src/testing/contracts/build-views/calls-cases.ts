import { expect } from 'vitest';
import type { CallQuery } from '../../../ports/build-views.js';
import { deferredDecision, failedDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** A build that was called four times, and failed at the last. */
async function calledBuild<Tx>(store: StorageHarness<Tx>) {
  const build = await given.build(store);
  for (let calls = 1; calls < 4; calls += 1) {
    await when.save(store, deferredDecision(await when.claim(store, build)));
  }
  await when.save(store, failedDecision(await when.claim(store, build)));
  const find = async (calls?: CallQuery) => {
    const { tenantId, bindingId } = build;
    const [record] = await capabilityOf(store, 'buildViews').findBuilds({
      tenantId,
      bindingId,
      limit: 1,
      calls,
    });
    return then.present(record);
  };
  return { build, find };
}

/** Which calls come with a build. */
export const callsCases: readonly StorageCase[] = [
  {
    name: 'B3 a record has the newest calls that are asked for, oldest first, and the number of all',
    run: async (store) => {
      const { find } = await calledBuild(store);
      const whole = await find();
      expect(whole.calls.map(({ number }) => number)).toEqual([1, 2, 3, 4]);

      const newest = await find({ limit: 2, findings: true });
      expect(newest).toMatchObject({ callsInAll: 4, lastAnswer: whole.calls.at(-1)?.detail });
      expect(newest.calls).toEqual(whole.calls.slice(2));
      const older = await find({ limit: 2, before: { run: 1, number: 3 }, findings: true });
      expect(older.calls).toEqual(whole.calls.slice(0, 2));
      expect((await find({ limit: 2, before: { run: 1, number: 1 }, findings: true })).calls).toEqual([]);
      expect((await find({ limit: 9, before: { run: 2, number: 0 }, findings: true })).calls).toEqual(
        whole.calls,
      );
    },
  },
  {
    name: 'B3 a record without findings has their number',
    run: async (store) => {
      const build = await given.build(store);
      const failed = failedDecision(await when.claim(store, build));
      const findings = ['a: is missing', 'b: is missing'];
      const { binding, closeCall } = failed;
      await when.save(store, {
        ...failed,
        binding: binding && {
          ...binding,
          errorDetails: { detail: 'WRK refused it', findings, findings_in_all: 2 },
        },
        closeCall: closeCall && { ...closeCall, findings },
      });
      const { tenantId, bindingId } = build;
      const views = capabilityOf(store, 'buildViews');
      const [listed] = await views.findBuilds({ tenantId, limit: 1, calls: { limit: 1, findings: false } });
      expect(listed?.errorDetails).toEqual({ detail: 'WRK refused it', findings_in_all: 2 });
      expect(listed?.calls).toMatchObject([{ findings: [], findingsInAll: 2 }]);
      const [whole] = await views.findBuilds({ tenantId, bindingId, limit: 1 });
      expect(whole?.errorDetails).toMatchObject({ findings });
      expect(whole?.calls).toMatchObject([{ findings, findingsInAll: 2 }]);
    },
  },
];
