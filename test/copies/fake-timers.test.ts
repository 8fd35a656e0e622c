import { PGlite } from '@electric-sql/pglite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { createHostTables, migrate, pglite, postgres } from '../../src/adapters/postgres/index.js';
import { buildableProject } from '../../src/testing/builders.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';

/** As hosts begin many of their tests; Jest's own fake timers also hold back microtasks and ticks. */
const FAKES = [
  ['the fake timers of Vitest', () => vi.useFakeTimers({ now: 0 })],
  [
    'fake timers that hold back microtasks as well',
    () => vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'setImmediate', 'Date', 'queueMicrotask'] }),
  ],
  [
    'ids and random numbers that never change',
    () => {
      vi.spyOn(Math, 'random').mockReturnValue(0);
      vi.spyOn(crypto, 'randomUUID').mockReturnValue('00000000-0000-4000-8000-000000000000');
    },
  ],
] as const;

describe.each(FAKES)('a test of a host with %s', (_, fake) => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('sees its builds come to their end', async () => {
    const host = given.app(memoryStorage());
    fake();
    await given.requestedBuild(host);
    const workers = host.builds.startWorkers();
    await workers.drain();
    await workers.stop();
    expect(await then.bindings(host)).toMatchObject([{ status: 'active' }]);
  });
});

describe('a test of a host with fake timers, on an embedded Postgres', () => {
  afterEach(() => void vi.useRealTimers());

  it('gets the answer to its request', async () => {
    const instance = await PGlite.create();
    const database = pglite(instance);
    await createHostTables(database);
    await migrate(database);
    const { tenantId, versionId } = buildableProject();
    const { builds } = given.app(postgres(database));
    vi.useFakeTimers();
    const answer = await builds.requestBuild({
      tenantId,
      automationVersionId: versionId,
      trigger: 'auto_build',
    });
    expect(answer._unsafeUnwrapErr()).toMatchObject({ code: 'automation_version_not_found' });
    vi.useRealTimers();
    await instance.close();
  });
});
