const HOST_OF_ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;
/** What a URL parser would rewrite: whitespace, backslashes, and dot segments in any encoding. */
const REWRITTEN = /[\s\\]|\/(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Whether a target names a scheme or a host. It is refused: what reads `url` as a path, and what parses it as a URL, would
 * see different paths in it (`http:///api/v1/admin`), so a rule of the host's could be passed.
 */
export function isAbsoluteForm(target: string): boolean {
  return !target.startsWith('/') && target !== '*';
}

/**
 * The URL of a request target. Its host is always `localhost`, so that no `Host` header can break it.
 *
 * A target that is not a path, or that the parser would turn into a different path than the host's own rules saw
 * (`/open/../admin`), becomes a single segment, where nothing is mounted. Of an absolute form it is the path, so that a mount
 * knows which of them are meant for it.
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
