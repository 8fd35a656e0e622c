import { setupServer } from 'msw/node';
import type { WrkDuplicates } from '../../src/adapters/wrk-http/index.js';
import { wrkHttp } from '../../src/adapters/wrk-http/index.js';
import type { DuplicatePolicy } from '../../src/core/orchestration/wrk-answer.js';
import { wrkPlatformClientContract } from '../../src/testing/contracts/wrk-platform-client.js';
import type { FakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';
import { fakeWrkHandlers } from '../../src/testing/wrk/fake-wrk-handlers.js';
import { startFakeWrkServer } from '../../src/testing/wrk/fake-wrk-server.js';

const withFind = (duplicates: DuplicatePolicy, fake: FakeWrk): WrkDuplicates =>
  duplicates.by === 'lookup' ? { by: 'lookup', find: fake.find, settleMs: duplicates.settleMs } : duplicates;

wrkPlatformClientContract({
  name: 'wrkHttp, over a server on loopback',
  open: async ({ fake, duplicates, deadlineMs }) => {
    const server = await startFakeWrkServer(fake);
    const client = wrkHttp({
      baseUrl: server.url,
      duplicates: withFind(duplicates, fake),
      verify: fake.verify,
      deadlineMs,
    });
    return { client, close: server.close };
  },
});

wrkPlatformClientContract({
  name: 'wrkHttp, over MSW',
  open: async ({ fake, duplicates, deadlineMs }) => {
    const baseUrl = 'https://wrk.test';
    const mocks = setupServer(...fakeWrkHandlers(fake, baseUrl));
    mocks.listen({ onUnhandledRequest: 'error' });
    const client = wrkHttp({
      baseUrl,
      duplicates: withFind(duplicates, fake),
      verify: fake.verify,
      deadlineMs,
    });
    return { client, close: async () => mocks.close() };
  },
});

wrkPlatformClientContract({
  name: 'fakeWrkClient, without HTTP',
  open: async ({ fake, duplicates, deadlineMs }) => ({
    client: fakeWrkClient(fake, { duplicates, deadlineMs, verifies: true }),
    close: async () => undefined,
  }),
});
