import { err, ok, type Result } from 'neverthrow';
import type { SignedIn } from './caller.js';
import { type HttpError, transportError } from './http-error.js';

/** The origins, such as `https://app.example`, whose pages may ask for changes with a cookie; or a check of the host's. */
export type AllowedOrigins = readonly string[] | ((request: Request) => boolean | Promise<boolean>);

/**
 * Refuses a change that somebody's cookie came along with by itself, unless the page that sent it is the host's own.
 * Browsers send `Origin` with every such request; one without is refused too.
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
      'Send changes from a page of the application, whose origin the host allows.',
    ),
  );
}
