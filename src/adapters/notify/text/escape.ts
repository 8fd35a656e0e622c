const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const MRKDWN: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Escapes a value for HTML, between tags or in a quoted attribute. For your own templates.
 *
 * @example
 * ```ts
 * import { escapeHtml } from 'wrk-builds/notify';
 *
 * const html = `<p>${escapeHtml(message.automationName)} is ready.</p>`;
 * ```
 */
export function escapeHtml(value: string): string {
  return value.replace(/[&<>"']/g, (character) => HTML[character] ?? character);
}

/** Escapes a value for Slack's `mrkdwn`: it cannot mention anyone or create a link. */
export function escapeMrkdwn(value: string): string {
  return value.replace(/[&<>]/g, (character) => MRKDWN[character] ?? character);
}
