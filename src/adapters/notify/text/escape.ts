const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const MRKDWN: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * A value as HTML shows it, between tags or in a quoted attribute. For templates of your own.
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

/** A value as Slack's `mrkdwn` shows it: nobody is mentioned by it and nothing is linked. */
export function escapeMrkdwn(value: string): string {
  return value.replace(/[&<>]/g, (character) => MRKDWN[character] ?? character);
}
