// For tests of a host, in any runner. The contract suites are `wrk-builds/testing/contracts`.

export { type BuildableProject, type BuildableProjectOptions, buildableProject } from './builders.js';
export type { HostRow, HostRows, HostTable } from './storage-harness.js';
export { createFakeWrk, type FakeWrk, type FakeWrkRule } from './wrk/fake-wrk.js';
export {
  type FakeWrkAnswer,
  type FakeWrkBehaviour,
  type FakeWrkEnding,
  wrkBehaviour,
} from './wrk/fake-wrk-behaviour.js';
export { type FakeWrkClientOptions, fakeWrkClient } from './wrk/fake-wrk-client.js';
export type { FakeWrkCall, FakeWrkOptions, FakeWrkRequest, FakeWrkWorkflow } from './wrk/fake-wrk-records.js';
export type { FakeWrkReply, FakeWrkResponse } from './wrk/fake-wrk-reply.js';
export type { FakeWrkFrontOptions } from './wrk/fake-wrk-request.js';
export { type FakeWrkServer, startFakeWrkServer } from './wrk/fake-wrk-server.js';
