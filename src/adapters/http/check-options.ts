import * as z from 'zod';
import { callback, having, milliseconds, options, text, wholeNumber } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import type { BuildsHandlerOptions, BuildsOverHttp } from './handler-options.js';
import { documentShape } from './openapi/document-options.js';

/** A slash before each segment, and none at the end. */
const BASE_PATH = /^(?:\/[^\s/?#]+)*$/;
/** An origin as browsers send it. Apps have their own schemes. */
const ORIGIN = /^(?:null|[a-z][a-z0-9+.-]*:\/\/[^\s/?#A-Z]+)$/;

const MAX_BODY_BYTES = 64 * 1024 * 1024;

const roleNames = z.array(text('give a role as text'), { error: 'give a list of roles' }).optional();
const origins = z.array(
  z.string({ error: 'give an origin as text' }).regex(ORIGIN, {
    error: 'give each like “https://app.example”, without a path or a trailing slash',
  }),
  { error: 'give a list of origins, or a function' },
);

const optionsSchema = options({
  builds: having<BuildsOverHttp>(['requestBuild', 'watchBuilds'], 'give what createBuilds returned'),
  authenticate: callback('give a function from a request to its caller: there is no default access'),
  roles: options({ request_build: roleNames, operate_builds: roleNames }).optional(),
  basePath: z
    .string({ error: 'give a path as text' })
    .regex(BASE_PATH, { error: 'give it like “/api”, without a trailing slash' })
    .optional(),
  allowedOrigins: origins.optional(),
  rateLimit: callback().optional(),
  otherStatuses: z.array(text('give a status as text'), { error: 'give a list of statuses' }).optional(),
  onOtherStatus: callback().nullish(),
  events: options({
    heartbeatMs: milliseconds().optional(),
    lifetimeMs: milliseconds().optional(),
    maxStreams: wholeNumber('streams', 0, 1_000_000).optional(),
  }).optional(),
  openApi: options(documentShape).optional(),
  maxBodyBytes: wholeNumber('bytes', 1, MAX_BODY_BYTES).optional(),
  onAnswer: callback().optional(),
});

/**
 * Throws a `TypeError` that lists every invalid option, such as an origin that no browser sends or a limit that is not a
 * number.
 */
export function checkOptions(given: BuildsHandlerOptions): void {
  // A function decides about origins by itself.
  const isChecked = typeof given === 'object' && typeof given.allowedOrigins === 'function';
  readOptions(
    'createBuildsHandler',
    optionsSchema,
    isChecked ? { ...given, allowedOrigins: undefined } : given,
  );
}
