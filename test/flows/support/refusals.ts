import { expect } from 'vitest';
import { type HttpError, toHttpError } from 'wrk-builds/http';
import { readRows } from './rows.js';
import type { RequestChanges, Scene } from './scene.js';

/** Requests a build that has to be refused without a trace, and returns the answer as HTTP gives it. */
export async function refuse(scene: Scene, more?: RequestChanges): Promise<HttpError> {
  const before = await readRows(scene);
  const outcome = await scene.builds.requestBuild(scene.input(more));
  expect(await readRows(scene)).toEqual(before);
  if (outcome.isOk()) throw new Error('The request was accepted.');
  return toHttpError(outcome.error);
}
