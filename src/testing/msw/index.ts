// The fake WRK behind MSW, for tests that intercept requests.

export { fakeWrkHandlers } from '../wrk/fake-wrk-handlers.js';
export type { FakeWrkFrontOptions } from '../wrk/fake-wrk-request.js';
