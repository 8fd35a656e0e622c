import type { Notifier } from 'wrk-builds';

/** Hands e-mails to the host's own mail service, which has the templates; `url` takes a POST for each. */
export function mailService(url: string): Notifier {
  return {
    deliver: async ({ key, recipient, message }) => {
      const response = await fetch(url, {
        method: 'POST',
        // The same e-mail may come twice: by its key the service can tell.
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ to: recipient.address, template: message.template, data: message }),
        signal: AbortSignal.timeout(10_000),
      });
      if (response.ok) return { status: 'delivered' };
      const reason = `the mail service answered ${response.status}`;
      return { status: 'failed', retryable: response.status >= 500 || response.status === 429, reason };
    },
  };
}
