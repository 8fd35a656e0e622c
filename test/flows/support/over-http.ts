import { onTestFinished } from 'vitest';
import type { WrkPlatformClient } from 'wrk-builds/ports';
import { type FakeWrk, startFakeWrkServer } from 'wrk-builds/testing';
import { wrkHttp } from 'wrk-builds/wrk-http';

/** The way to a fake WRK over a real connection, for an app. A call may take `deadlineMs`, 30 s by default. */
export function overHttp(deadlineMs = 30_000): (fake: FakeWrk) => Promise<WrkPlatformClient> {
  return async (fake) => {
    const { url, close } = await startFakeWrkServer(fake);
    onTestFinished(close);
    return wrkHttp({ baseUrl: url, duplicates: { by: 'idempotency-key' }, deadlineMs });
  };
}
