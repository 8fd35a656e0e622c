import * as z from 'zod';
import {
  callback,
  flag,
  having,
  milliseconds,
  options,
  text,
  wholeNumber,
} from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import type { BuildsHandlerOptions, BuildsOverHttp } from './handler-options.js';
import { documentShape } from './openapi/document-options.js';

/** A slash before each segment, and none at the end. */
const BASE_PATH = /^(?:\/[^\s/?#]+)*$/;

/** A scheme, and parameters of printable ASCII. */
const CHALLENGE = /^[A-Za-z][\w!#$%&'*+.^`|~-]*(?: [ -~]+)?$/;
const CHALLENGE_WANTED = 'give a scheme like “Bearer”, with or without parameters';

const MAX_BODY_BYTES = 64 * 1024 * 1024;

const roleNames = z.array(text('give a role as text'), { error: 'give a list of roles' });
const WHO_OPERATES =
  "name the roles of your ops team, like { operate_builds: ['ops_build'] }: there is no default";
const origins = z.array(
  z.string({ error: 'give an origin as text' }).refine(isOrigin, {
    error: 'give each as browsers send it, like “https://app.example”; for others, give a function',
  }),
  { error: 'give a list of origins, or a function' },
);

const streams = wholeNumber('streams', 0, 1_000_000);

const optionsSchema = options({
  builds: having<BuildsOverHttp>(
    ['requestBuild', 'watchBuilds', 'isHostId', 'versionStatusOf'],
    'give what createBuilds returned',
  ),
  authenticate: callback('give a function from a request to its caller: there is no default access'),
  challenge: z.string({ error: CHALLENGE_WANTED }).regex(CHALLENGE, { error: CHALLENGE_WANTED }).optional(),
  roles: z.strictObject(
    {
      request_build: roleNames.optional(),
      operate_builds: z.array(text('give a role as text'), { error: WHO_OPERATES }),
    },
    { error: WHO_OPERATES },
  ),
  basePath: z
    .string({ error: 'give a path as text' })
    .regex(BASE_PATH, { error: 'give it like “/api”, without a trailing slash' })
    .optional(),
  allowedOrigins: origins.optional(),
  dangerouslyAllowEveryOrigin: flag().optional(),
  rateLimit: callback().optional(),
  otherStatuses: z.array(text('give a status as text'), { error: 'give a list of statuses' }).optional(),
  onOtherStatus: callback().nullish(),
  events: options({
    heartbeatMs: milliseconds().optional(),
    lifetimeMs: milliseconds().optional(),
    maxStreamsPerUser: streams.optional(),
    maxStreamsPerTenant: streams.optional(),
    maxStreamsPerProcess: streams.optional(),
  }).optional(),
  openApi: options(documentShape).optional(),
  maxBodyBytes: wholeNumber('bytes', 1, MAX_BODY_BYTES).optional(),
  onAnswer: callback().optional(),
});

/** No page is served from `null`, from a pattern or from a path, so a list with one of them would be a mistake. */
function isOrigin(given: string): boolean {
  const url = URL.canParse(given) ? new URL(given) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === given && !given.includes('*');
}

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
