const HOST_OF_ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;
/** What a URL parser would rewrite: white space, backslashes, and dot segments however they are spelled. */
const REWRITTEN = /[\s\\]|\/(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * The URL that a request line asks for. Its host counts for nothing, so that no `Host` header can break it.
 *
 * A target that is no path, or one that the parser would turn into another path than the host's own rules have seen
 * (`/open/../admin`), becomes a single segment: nothing is mounted there.
 */
export function urlOfTarget(target: string): URL {
  const local = target.replace(HOST_OF_ABSOLUTE_FORM, '') || '/';
  const end = local.search(/[?#]/);
  const path = end === -1 ? local : local.slice(0, end);
  const query = end === -1 ? '' : local.slice(end);
  const isPath = path === '' || path.startsWith('/');
  const safe = isPath && !REWRITTEN.test(path) ? path : `/${encodeURIComponent(path)}`;
  return new URL(`http://localhost${safe}${query}`);
}
