import { describe, expect, it } from 'vitest';
import { DEFAULT_BLUEPRINT_LIMITS } from '../../src/core/blueprint/blueprint-limits.js';
import { costlyRequests } from '../../src/handlers/costly-requests.js';
import { handleRequestBuild, type LoadRequest } from '../../src/handlers/handle-request-build.js';
import {
  BLUEPRINT,
  REQUEST_POLICY,
  requestCommand,
  requestFacts,
  versionFacts,
} from '../core/support/request-facts.js';

const { bytes } = DEFAULT_BLUEPRINT_LIMITS;

/** A storage with a blueprint of this size, and what was read of it. */
function storageOf(blueprintBytes: number) {
  const loads: { readonly maxBytes: number | undefined; readonly alone: boolean }[] = [];
  const load: LoadRequest = async ({ maxBlueprintBytes }, { alone }) => {
    loads.push({ maxBytes: maxBlueprintBytes, alone });
    const isRead = blueprintBytes <= (maxBlueprintBytes ?? Number.POSITIVE_INFINITY);
    const version = versionFacts({ blueprintBytes, blueprintJson: isRead ? BLUEPRINT : null });
    return requestFacts({ automationVersion: version });
  };
  return { loads, load };
}

/** Sends a request that stays at its commit until it is told to go on. */
function sender(load: LoadRequest) {
  const waiting: (() => void)[] = [];
  const deps = {
    load,
    parseAhead: async <Facts>(facts: Facts) => facts,
    costly: costlyRequests(1),
    hostPrerequisites: [],
    policy: REQUEST_POLICY,
    lockWaitMs: 1,
  };
  return {
    finish: () => {
      for (const go of waiting.splice(0)) go();
    },
    send: (tenantId = 'tenant-1') =>
      handleRequestBuild(requestCommand({ tenantId }), {
        ...deps,
        commit: () => new Promise((resolve) => waiting.push(() => resolve('ok'))),
      }),
  };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('B1 a request whose blueprint is over a tenth of the limit', () => {
  it('is read in a second round trip of its own, and others never pay for one', async () => {
    const cheap = storageOf(Math.floor(bytes / 10));
    const costly = storageOf(Math.floor(bytes / 10) + 1);
    for (const { load } of [cheap, costly]) {
      const { send, finish } = sender(load);
      const sent = send();
      await nextTurn();
      finish();
      expect((await sent).isOk()).toBe(true);
    }
    expect(cheap.loads).toEqual([{ maxBytes: 209_715, alone: false }]);
    expect(costly.loads).toEqual([
      { maxBytes: 209_715, alone: false },
      { maxBytes: bytes, alone: true },
    ]);
  });

  it('is refused by its size alone when it is over the limit itself', async () => {
    const { load, loads } = storageOf(bytes + 1);
    const refused = (await sender(load).send())._unsafeUnwrapErr();
    expect(refused.code).toBe('blueprint_incomplete');
    expect(loads).toHaveLength(1);
  });

  it('runs one at a time for each tenant, the rest being told when to come back', async () => {
    const { load } = storageOf(bytes);
    const { send, finish } = sender(load);
    const first = send();
    await nextTurn();
    expect((await send())._unsafeUnwrapErr()).toMatchObject({
      code: 'too_many_costly_requests',
      details: { retryAfterMs: 1_000 },
    });
    const ofAnother = send('tenant-2');
    await nextTurn();
    finish();
    expect([(await first).isOk(), (await ofAnother).isOk()]).toEqual([true, true]);

    const again = send();
    await nextTurn();
    finish();
    expect((await again).isOk()).toBe(true);
  });

  it('runs as many at a time as the option allows, and gives its place back when it fails', async () => {
    const { admit } = costlyRequests(2);
    const held = [1, 2].map(() =>
      admit('tenant-1', () => new Promise<string>((go) => setImmediate(go, 'done'))),
    );
    expect(await admit('tenant-1', async () => 'third')).toBeNull();
    expect(await Promise.all(held)).toEqual(['done', 'done']);
    await expect(admit('tenant-1', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await admit('tenant-1', async () => 'next')).toBe('next');
  });

  it('is not read before it is admitted, once it is known', async () => {
    for (const size of [bytes, bytes + 1]) {
      const { load, loads } = storageOf(size);
      const { send, finish } = sender(load);
      const first = send();
      await nextTurn();
      finish();
      await first;
      const before = loads.length;
      const second = send();
      await nextTurn();
      finish();
      await second;
      expect(loads.slice(before)).toEqual([{ maxBytes: bytes, alone: true }]);
    }
  });

  it('is forgotten once its blueprint is short, and the oldest of many are', () => {
    const { remember, isRemembered } = costlyRequests(1);
    remember('one', true);
    remember('one', false);
    expect(isRemembered('one')).toBe(false);
    for (let n = 0; n <= 10_000; n += 1) remember(`target ${n}`, true);
    expect([isRemembered('target 0'), isRemembered('target 1')]).toEqual([false, true]);
  });
});
