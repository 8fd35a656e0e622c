/** The longest workflow URL that is believed, in characters. */
export const LONGEST_WORKFLOW_URL = 2048;

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
/** What no honest URL has, and what the parser would silently drop or turn around. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\s\\]/u;

/**
 * Makes the rule for workflow URLs from WRK, which people are later sent to by e-mail: https on any host, or
 * on `hosts` alone where they are given (`app.example.com`, `*.example.com`); no name or password in it.
 * Plain http is believed only where we talk it ourselves: on the base URL's own host, and on any loopback
 * address where the base URL is one.
 */
export function workflowUrlRule(
  baseUrl: URL,
  hosts: readonly string[] | undefined,
): (url: string) => boolean {
  const plain = baseUrl.protocol === 'http:';
  const loopback = LOOPBACK.test(baseUrl.hostname);
  const allowed = hosts?.map((host) => host.toLowerCase());

  return (text) => {
    if (text.length > LONGEST_WORKFLOW_URL || HIDDEN.test(text) || !/^https?:\/\//i.test(text)) return false;
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') return false;
    if (url.protocol === 'http:') {
      if (!plain) return false;
      if (url.host !== baseUrl.host && !(loopback && LOOPBACK.test(url.hostname))) return false;
    }
    return allowed === undefined || allowed.some((host) => isHost(url, host));
  };
}

function isHost(url: URL, host: string): boolean {
  if (host.startsWith('*.')) return url.hostname.endsWith(host.slice(1));
  return url.hostname === host || url.host === host;
}
