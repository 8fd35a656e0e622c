import { readWorkflowUrl } from '../../core/orchestration/workflow-url.js';

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Makes the rule for workflow URLs, which people are later sent to by e-mail: https on any host, or
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
