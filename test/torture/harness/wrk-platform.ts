import { createFakeWrk, type FakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { type FakeWrkBehaviour, wrkBehaviour } from '../../../src/testing/wrk/fake-wrk-behaviour.js';
import { startFakeWrkServer } from '../../../src/testing/wrk/fake-wrk-server.js';
import { startLookupServer } from '../../support/lookup-server.js';
import type { SetUp } from './plan.js';
import type { Random } from './random.js';
import { type Arrival, startWrkFront } from './wrk-front.js';

/** The token that WRK wants. It must appear nowhere. */
export const WRK_TOKEN = 'planted-token-of-wrk';

/** Builds of automations with this in their name are rejected, at every call. */
export const REJECTED = 'rejected';

/** The WRK of a run, which lives in the process that is never killed, and what can go wrong with it. */
export interface WrkPlatform {
  readonly fake: FakeWrk;
  readonly url: string;
  readonly lookupUrl: string;
  readonly arrivals: () => readonly Arrival[];
  /** Takes this share of the calls so, until it is undone. */
  readonly misbehave: (behaviour: () => FakeWrkBehaviour, share: number) => () => void;
  /** Passes calls on so many milliseconds late, until it is undone. */
  readonly beLate: (ms: number) => () => void;
  readonly failLookups: () => () => void;
  readonly close: () => Promise<void>;
}

export async function openWrk({ policy }: SetUp, random: Random): Promise<WrkPlatform> {
  const fake = createFakeWrk({ honoursKeys: policy === 'key', token: WRK_TOKEN, keepsBodies: true });
  const windows = new Set<{ readonly behaviour: () => FakeWrkBehaviour; readonly share: number }>();
  const delays = new Set<{ readonly ms: number }>();
  const lookupsFailing = new Set<object>();

  fake.otherwise(({ body }) => {
    const well = wrkBehaviour.delayed(random.between(2, 120), wrkBehaviour.creates());
    const window = [...windows].find(({ share }) => random.chance(share));
    const behaviour = window?.behaviour() ?? well;
    // A blueprint that is rejected is rejected whenever WRK looks at it.
    const isRejected = behaviour.creates && JSON.parse(body ?? '{}').name?.includes(REJECTED);
    return isRejected
      ? wrkBehaviour.answers(422, { body: { errors: ['the blueprint has no end'] } })
      : behaviour;
  });
  const server = await startFakeWrkServer(fake);
  const front = await startWrkFront(server.url, () => Math.max(0, ...[...delays].map(({ ms }) => ms)));
  const lookup = await startLookupServer({
    ...fake,
    find: (question) =>
      lookupsFailing.size > 0
        ? Promise.resolve({ kind: 'failed', detail: 'the lookup answered with 503' })
        : fake.find(question),
  });

  const during = <T>(all: Set<T>, one: T) => {
    all.add(one);
    return () => void all.delete(one);
  };
  return {
    fake,
    url: front.url,
    lookupUrl: lookup.url,
    arrivals: front.arrivals,
    misbehave: (behaviour, share) => during(windows, { behaviour, share }),
    beLate: (ms) => during(delays, { ms }),
    failLookups: () => during(lookupsFailing, {}),
    close: async () => {
      front.close();
      lookup.close();
      await server.close();
    },
  };
}
