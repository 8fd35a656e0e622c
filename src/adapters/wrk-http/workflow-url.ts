import { readWorkflowUrl } from '../../core/input/workflow-text.js';

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Returns the check for workflow URLs, which are later sent to people by e-mail: https on any host, or only on
 * `hosts` if given (`app.example.com`, `*.example.com`), and no user name or password. Plain http is accepted only if
 * the base URL uses it too: on the base URL's own host, and on any loopback address if the base URL is one.
 */
export function workflowUrlRule(
  baseUrl: URL,
  hosts: readonly string[] | undefined,
): (url: string) => boolean {
  const plain = baseUrl.protocol === 'http:';
  const loopback = LOOPBACK.test(baseUrl.hostname);
  const allowed = hosts?.map((host) => host.toLowerCase());

  return (text) => {
    const url = readWorkflowUrl(text);
    if (url === null) return false;
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
