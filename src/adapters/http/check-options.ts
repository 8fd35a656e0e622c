import * as z from 'zod';
import type { BuildsHandlerOptions } from './handler-options.js';

/** A slash before each segment, and none at the end. */
const BASE_PATH = /^(?:\/[^\s/?#]+)*$/;
/** An origin as browsers send it. Apps have their own schemes. */
const ORIGIN = /^(?:null|[a-z][a-z0-9+.-]*:\/\/[^\s/?#A-Z]+)$/;

/** At most one day: Node fires timers of more than about 24 days immediately. */
const ms = z.int().min(1).max(86_400_000);

const optionsSchema = z.object({
  basePath: z.string().regex(BASE_PATH, 'must look like “/api”, without a trailing slash').optional(),
  allowedOrigins: z
    .array(
      z.string().regex(ORIGIN, 'must look like “https://app.example”, without a path or a trailing slash'),
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
 * Throws a `TypeError` that lists every invalid option, such as an origin that no browser sends or a limit that is not a
 * number.
 */
export function checkOptions({ allowedOrigins, ...options }: BuildsHandlerOptions): void {
  const listed = typeof allowedOrigins === 'function' ? undefined : allowedOrigins;
  const read = optionsSchema.safeParse({ ...options, allowedOrigins: listed });
  if (read.success) return;
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new TypeError(`createBuildsHandler: fix these options: ${problems.join('; ')}.`);
}
