import express5, { type Express } from 'express';
import express4 from 'express-4';
import type { BuildsHandler } from 'wrk-builds/http';
import { createExpress4 } from '../../../../../examples/mounts/express-4.js';
import { createExpress5 } from '../../../../../examples/mounts/express-5.js';

/** Each Express: its name, itself, and the example that mounts a handler on it at `/api`. */
export const expressVersions: readonly (readonly [
  name: string,
  express: typeof express5,
  createHost: (builds: BuildsHandler) => Express,
])[] = [
  ['Express 5', express5, createExpress5],
  ['Express 4', express4, createExpress4],
];
