import { err, ok, type Result } from 'neverthrow';
import type { SignedIn } from './caller.js';
import { type HttpError, transportError } from './http-error.js';

/** The origins whose pages may send changes with a cookie, such as `https://app.example`; or a function of the host. */
export type AllowedOrigins = readonly string[] | ((request: Request) => boolean | Promise<boolean>);

/**
 * CSRF protection: refuses a change that is authenticated by a cookie unless it comes from an allowed origin. Browsers
 * send `Origin` with every such request; a request without it is refused too.
 */
export async function checkOrigin(
  request: Request,
  { byCookie }: SignedIn,
  allowed: AllowedOrigins,
): Promise<Result<void, HttpError>> {
  if (!byCookie || request.method === 'GET') return ok();
  const origin = request.headers.get('origin') ?? '';
  const trusted = typeof allowed === 'function' ? await allowed(request) : allowed.includes(origin);
  if (trusted) return ok();
  return err(
    transportError(
      'origin_not_allowed',
      'This origin is not allowed: send changes from a page of the application.',
    ),
  );
}
