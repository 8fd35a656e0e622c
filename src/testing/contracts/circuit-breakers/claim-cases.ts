import { expect } from 'vitest';
import type { BuildReference } from '../../../ports/repository.js';
import { OTHER_TENANT, TENANT } from '../../builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** An open circuit breaker keeps builds back, and lets one at a time through to try. */
export const circuitBreakerClaimCases: readonly StorageCase[] = [
  {
    name: 'a breaker that is closed, and only counts, keeps nothing back',
    run: async (store) => {
      const builds = await given.builds(store, ['a', 'b']);
      await when.saveCircuitBreaker(store, { from: null, to: 'counting', failures: 4 });
      expect(await ask(store, builds)).toEqual(['claimed', 'claimed']);
    },
  },
  {
    name: 'everyone’s open breaker keeps all builds back until it may be tried, and then all but one',
    run: async (store) => {
      const ours = await given.builds(store, ['a', 'b']);
      const builds = [...ours, await given.build(store, { tenantId: OTHER_TENANT })];
      await given.openCircuitBreaker(store, { nextProbeInMs: when.LONG_MS });
      expect(await ask(store, builds)).toEqual(['over_limit', 'over_limit', 'over_limit']);
      expect(await then.build(store, then.present(ours[0]))).toMatchObject({
        binding: { fence: 1 },
        calls: [],
      });

      await when.saveCircuitBreaker(store, {
        from: 'open',
        to: 'due',
        open: { ...given.OPEN, nextProbeInMs: 0 },
      });
      expect(await ask(store, builds)).toEqual(['claimed', 'over_limit', 'over_limit']);
      expect(await ask(store, builds), 'one is under way').toEqual([null, 'over_limit', 'over_limit']);
      expect(await then.everyonesBreaker(store)).toMatchObject({
        version: when.breakerVersion('due'),
        open: { probes: 0 },
      });

      await when.saveCircuitBreaker(store, { from: 'due', to: null });
      expect(await ask(store, builds)).toEqual([null, 'claimed', 'claimed']);
    },
  },
  {
    name: 'a tenant’s open breaker keeps that tenant’s builds back, all but one when it may be tried',
    run: async (store) => {
      const ours = await given.builds(store, ['a', 'b']);
      const theirs = await given.build(store, { tenantId: OTHER_TENANT });
      await given.openCircuitBreaker(store, { tenantId: TENANT, nextProbeInMs: when.LONG_MS });
      expect(await ask(store, [...ours, theirs])).toEqual(['over_limit', 'over_limit', 'claimed']);
      const due = { ...given.OPEN, nextProbeInMs: 0 };
      await when.saveCircuitBreaker(store, { tenantId: TENANT, from: 'open', to: 'due', open: due });
      expect(await ask(store, ours)).toEqual(['claimed', 'over_limit']);
    },
  },
  {
    name: 'a build that two open circuitBreakers keep back waits for both',
    run: async (store) => {
      const build = await given.build(store);
      const theirs = await given.build(store, { tenantId: OTHER_TENANT });
      await given.openCircuitBreaker(store, { tenantId: TENANT, nextProbeInMs: when.LONG_MS });
      await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
      expect(await ask(store, [build, theirs])).toEqual(['over_limit', 'claimed']);
    },
  },
  {
    name: 'the facts of a build that is let through show the breaker open, under the version that it tries',
    run: async (store) => {
      const build = await given.build(store);
      await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
      expect((await when.tryClaim(store, build))?.circuitBreakers).toMatchObject([
        {
          tenantId: null,
          version: when.breakerVersion('open'),
          open: { reason: given.OPEN.reason, nextProbeInMs: 0 },
        },
      ]);
    },
  },
  {
    name: 'a build that was let through and never reported is followed by another when its lease would have ended',
    run: async (store) => {
      const builds = await given.builds(store, ['a', 'b']);
      await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
      expect(await ask(store, builds, when.SHORT_MS)).toEqual(['claimed', 'over_limit']);
      await when.timePasses(store);
      expect(await ask(store, builds.toReversed())).toEqual(['claimed', 'over_limit']);
    },
  },
  {
    name: 'of claims of one moment one lets a build through',
    concurrent: true,
    run: async (store) => {
      const builds = await given.builds(store, ['a', 'b', 'c', 'd', 'e', 'f']);
      await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
      const answers = await Promise.all(builds.map((build) => ask(store, [build])));
      expect(answers.flat().filter((answer) => answer === 'claimed')).toHaveLength(1);
    },
  },
  {
    name: 'an open breaker that somebody is just changing lets nobody through, and no claim waits for it',
    concurrent: true,
    run: async (store) => {
      const builds = await given.builds(store, ['a', 'b']);
      await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
      await when.commit(store, async (tx) => {
        const change = { tenantId: null, version: when.breakerVersion('open'), next: null };
        expect(await capabilityOf(store, 'circuitBreakers').save(tx, change)).toBe(true);
        expect(await ask(store, builds)).toEqual(['over_limit', 'over_limit']);
      });
      expect(await ask(store, builds)).toEqual(['claimed', 'claimed']);
    },
  },
  {
    name: 'a build that is not claimable is not the one that tries',
    run: async (store) => {
      const [held, free] = (await given.builds(store, ['a', 'b'])).map(then.present);
      expect(await ask(store, [then.present(held)])).toEqual(['claimed']);
      await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
      expect(await ask(store, [then.present(held)])).toEqual([null]);
      expect(await ask(store, [then.present(held), then.present(free)])).toEqual([null, 'claimed']);
    },
  },
];

async function ask<Tx>(store: StorageHarness<Tx>, builds: readonly BuildReference[], leaseMs = when.LONG_MS) {
  const answers = await store.repository.claimBuilds(builds, { leaseMs });
  return answers.map((answer) => (answer === null || answer === 'over_limit' ? answer : 'claimed'));
}
