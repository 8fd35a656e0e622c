import fc from 'fast-check';
import type { RequestTrigger } from '../../../../src/core/request/request-build.js';
import { BLUEPRINT, INCOMPLETE_BLUEPRINT } from '../../support/request-facts.js';

/** One thing that happens. Indexes are taken modulo what is there; a step that fits nowhere changes nothing. */
export type Step =
  | {
      readonly step: 'request';
      readonly version: number;
      readonly byProject: boolean;
      readonly trigger: RequestTrigger;
      readonly key: number | null;
      readonly body: number;
      readonly hint: 'none' | 'right' | 'stale';
      readonly hold: boolean;
      /** Asked by the other tenant. */
      readonly foreign: boolean;
    }
  | { readonly step: 'claim'; readonly build: number; readonly makes: boolean; readonly lookupFails: boolean }
  | { readonly step: 'answer'; readonly call: number; readonly which: number; readonly hold: boolean }
  | { readonly step: 'commit held'; readonly which: number }
  | { readonly step: 'lease ends'; readonly build: number }
  | {
      readonly step: 'ops retry';
      readonly build: number;
      readonly accept: boolean;
      readonly freshKey: boolean;
    }
  | { readonly step: 'ops cancel'; readonly build: number; readonly accept: boolean }
  | { readonly step: 'ops adopt'; readonly build: number; readonly which: number }
  | { readonly step: 'ops undo adoption'; readonly build: number }
  | { readonly step: 'ops assign'; readonly build: number }
  | { readonly step: 'archive' | 'make ready' | 'move by hand'; readonly version: number }
  | { readonly step: 'edit'; readonly version: number; readonly blueprint: string }
  | { readonly step: 'withdraw or sign'; readonly version: number }
  | { readonly step: 'block or unblock'; readonly project: number }
  | { readonly step: 'work on a task'; readonly task: number; readonly status: string };

const index = fc.nat(11);
const version = fc.nat(2);
const often = (probability: number) => fc.nat(99).map((drawn) => drawn < probability);

const OTHER_BLUEPRINT = BLUEPRINT.replace('NetSuite', 'Slack');

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      step: fc.constant('request' as const),
      version,
      byProject: often(25),
      trigger: fc.constantFrom('patch_status', 'admin_request_build', 'auto_build', 'status_change'),
      key: fc.option(fc.nat(2), { freq: 2 }),
      foreign: often(5),
      body: fc.nat(1),
      hint: fc.constantFrom('none', 'none', 'none', 'right', 'stale'),
      hold: often(20),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      step: fc.constant('claim' as const),
      build: index,
      makes: often(40),
      lookupFails: often(25),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      step: fc.constant('answer' as const),
      call: index,
      which: index,
      hold: often(20),
    }),
  },
  { weight: 3, arbitrary: fc.record({ step: fc.constant('commit held' as const), which: index }) },
  { weight: 4, arbitrary: fc.record({ step: fc.constant('lease ends' as const), build: index }) },
  {
    weight: 3,
    arbitrary: fc.record({
      step: fc.constant('ops retry' as const),
      build: index,
      accept: often(30),
      freshKey: often(15),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ step: fc.constant('ops cancel' as const), build: index, accept: often(50) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ step: fc.constant('ops adopt' as const), build: index, which: index }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('ops undo adoption' as const), build: index }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('ops assign' as const), build: index }) },
  {
    weight: 3,
    arbitrary: fc.record({
      step: fc.constantFrom(
        'archive' as const,
        'make ready' as const,
        'move by hand' as const,
        'move by hand' as const,
      ),
      version,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant('edit' as const),
      version,
      blueprint: fc.constantFrom(BLUEPRINT, BLUEPRINT, OTHER_BLUEPRINT, INCOMPLETE_BLUEPRINT),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('withdraw or sign' as const), version }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('block or unblock' as const), project: index }) },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant('work on a task' as const),
      task: index,
      status: fc.constantFrom('complete', 'complete', 'in_progress', 'pending'),
    }),
  },
);

/** Long stories, since a build takes several steps to get anywhere. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(step, {
  minLength: 1,
  maxLength: 80,
  size: 'max',
});
