import * as z from 'zod';
import type { BuildsHandlerOptions } from './handler-options.js';

/** As it stands in paths: a slash before each part, and none at the end. */
const BASE_PATH = /^(?:\/[^\s/?#]+)*$/;
/** As browsers send it. Apps have schemes of their own. */
const ORIGIN = /^(?:null|[a-z][a-z0-9+.-]*:\/\/[^\s/?#A-Z]+)$/;

/** Timers of more than about 24 days fire at once; none here is longer than a day. */
const ms = z.int().min(1).max(86_400_000);

const optionsSchema = z.object({
  basePath: z.string().regex(BASE_PATH, 'give it like “/api”, without a slash at the end').optional(),
  allowedOrigins: z
    .array(
      z.string().regex(ORIGIN, 'give each like “https://app.example”, without a path or a slash at the end'),
    )
    .optional(),
  maxBodyBytes: z.int().min(1).optional(),
  events: z
    .object({
      heartbeatMs: ms.optional(),
      lifetimeMs: ms.optional(),
      maxStreams: z.int().min(0).optional(),
    })
    .optional(),
});

/**
 * Throws a `TypeError` that lists the options which could never do what they say: an origin that no browser sends, a limit
 * that is no number and so limits nothing.
 */
export function checkOptions({ allowedOrigins, ...options }: BuildsHandlerOptions): void {
  const listed = typeof allowedOrigins === 'function' ? undefined : allowedOrigins;
  const read = optionsSchema.safeParse({ ...options, allowedOrigins: listed });
  if (read.success) return;
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new TypeError(`Builds cannot be served so: ${problems.join('; ')}.`);
}
