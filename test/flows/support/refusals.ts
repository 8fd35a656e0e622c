import { expect } from 'vitest';
import { type HttpError, toHttpError } from 'wrk-builds/http';
import type { FlowApp, RequestChanges } from './flow-app.js';
import { readRows } from './rows.js';

/** Requests a build that has to be refused without a trace, and returns the answer as HTTP gives it. */
export async function refuse(app: FlowApp, more?: RequestChanges): Promise<HttpError> {
  const before = await readRows(app);
  const outcome = await app.builds.requestBuild(app.input(more));
  expect(await readRows(app)).toEqual(before);
  if (outcome.isOk()) throw new Error('The request was accepted.');
  return toHttpError(outcome.error);
}
