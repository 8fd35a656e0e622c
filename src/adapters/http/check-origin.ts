import { err, ok, type Result } from 'neverthrow';
import { type HttpError, transportError } from './http-error.js';

/** The origins whose pages may send changes, such as `https://app.example`; or a function of the host. */
export type AllowedOrigins = readonly string[] | ((request: Request) => boolean | Promise<boolean>);

/** Schemes whose credentials browsers attach by themselves, as they do with cookies. */
const AUTOMATIC = /^(?:basic|digest|negotiate|ntlm)\b/i;

/**
 * CSRF protection: refuses a change that a browser may have sent with the user's credentials but without the user's will,
 * unless it comes from an allowed origin. Browsers send `Origin` with every such change; only a page of the very origin of
 * the API may leave it out.
 *
 * An event stream changes nothing, but a foreign page could use up the streams of whoever visits it.
 */
export async function checkOrigin(
  request: Request,
  route: { readonly isChange: boolean; readonly isStream: boolean },
  {
    allowedOrigins = [],
    dangerouslyAllowEveryOrigin = false,
  }: {
    readonly allowedOrigins?: AllowedOrigins;
    readonly dangerouslyAllowEveryOrigin?: boolean;
  },
): Promise<Result<void, HttpError>> {
  if (dangerouslyAllowEveryOrigin) return ok();
  const { headers } = request;
  const needsOrigin =
    (route.isChange && (hasAutomaticCredentials(headers) || isFromAnotherSite(headers))) ||
    (route.isStream && isFromAnotherSite(headers));
  if (!needsOrigin) return ok();
  if (!headers.has('origin') && headers.get('sec-fetch-site') === 'same-origin') return ok();
  const isAllowed =
    typeof allowedOrigins === 'function'
      ? await allowedOrigins(request)
      : allowedOrigins.includes(headers.get('origin') ?? '');
  if (isAllowed === true) return ok();
  return err(
    transportError(
      'origin_not_allowed',
      'This origin is not allowed: send changes from a page whose origin the host lists in `allowedOrigins`.',
    ),
  );
}

/** An `Authorization` that a page has set itself tells that its cookies are not the credentials. */
function hasAutomaticCredentials(headers: Headers): boolean {
  const authorization = headers.get('authorization')?.trim() ?? '';
  if (authorization === '') return headers.has('cookie');
  return AUTOMATIC.test(authorization) && (headers.has('cookie') || headers.has('origin'));
}

/** A sibling subdomain is another site here as well. Programs and old browsers send no such header. */
function isFromAnotherSite(headers: Headers): boolean {
  return !['same-origin', 'none', null].includes(headers.get('sec-fetch-site'));
}
