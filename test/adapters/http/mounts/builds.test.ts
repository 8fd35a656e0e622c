import { describe } from 'vitest';
import { createBuilds } from 'wrk-builds';
import { createBuildsHandler } from 'wrk-builds/http';
import { memoryStorage } from 'wrk-builds/memory';
import { buildableProject, createFakeWrk, fakeWrkClient } from 'wrk-builds/testing';
import { opsOf, ROLES } from '../support/http-caller.js';
import { itServesBuilds } from './support/describe-builds.js';
import { mounts } from './support/mounts.js';

describe.each(mounts)('the builds on $name', ({ start }) => {
  itServesBuilds(async () => {
    const storage = memoryStorage();
    const signedIn = { authorization: 'Bearer ops' };
    const handler = createBuildsHandler({
      authenticate: ({ headers }) =>
        headers.get('authorization') === signedIn.authorization ? opsOf(buildableProject().tenantId) : null,
      roles: ROLES,
      builds: createBuilds({
        ...storage,
        wrk: fakeWrkClient(createFakeWrk(), { duplicates: { by: 'idempotency-key' } }),
        notifiers: { inApp: storage.inAppNotifier, email: storage.inAppNotifier },
        resolveRecipients: async () => [],
        watch: { intervalMs: 100 },
      }),
    });
    const running = await start(handler, '/api');
    return {
      url: `${running.url}/api`,
      signedIn,
      insert: async (rows) => storage.host.insert(rows),
      stop: running.stop,
    };
  });
});
