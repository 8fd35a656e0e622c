import { PGlite } from '@electric-sql/pglite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHostTables, migrate, pglite, postgres } from '../../src/adapters/postgres/index.js';
import { buildableProject } from '../../src/testing/builders.js';
import * as given from '../support/given.js';

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
