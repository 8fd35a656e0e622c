import type { Secret } from '../../../core/input/secret.js';
import type { Notifier } from '../../../ports/notifier.js';
import type { Runtime } from '../../../runtime/runtime.js';
import { systemRuntime } from '../../../runtime/system-runtime.js';
import { answerOfPost } from '../http/answer-of-post.js';
import { postJson } from '../http/post-json.js';
import { isTargetUrl } from '../http/target-url.js';
import { KEY_HEADER, SIGNATURE_HEADER, sign, signingText, TIMESTAMP_HEADER } from './signature.js';
import { webhookBody } from './webhook-body.js';

/** How notifications are posted to the host's own service. */
export interface WebhookOptions {
  /** The URL of the service, without credentials. Use https outside a trusted network. */
  readonly url: string;
  /** The shared secret, at least 32 characters; see `verifyWebhook`. */
  readonly secret: Secret;
  /**
   * Timeout of one request, in milliseconds.
   *
   * @default 10_000
   */
  readonly timeoutMs?: number;
  /**
   * Sends the requests.
   *
   * @default Node's `fetch`
   */
  readonly fetch?: typeof fetch;
}

/** Characters that a header cannot carry. A host's ids may be any text. */
const NO_HEADER_TEXT = /[^\x21-\x7e]/gu;

/**
 * Posts each notification as signed JSON to the host's own service, instead of e-mail, Slack or in-app, or in addition to them
 * with `fanOut`. The key is in the signed body and, for proxies, in the header `idempotency-key`; the service uses it to
 * recognize a duplicate. The signature covers the timestamp and the exact bytes.
 *
 * @throws TypeError when an option is invalid; the message never contains the secret
 *
 * @example
 * ```ts
 * import { secret, webhookNotifier } from 'wrk-builds/notify';
 *
 * const email = webhookNotifier({
 *   url: 'https://mail.internal.example.com/notifications',
 *   secret: secret(process.env.WEBHOOK_SECRET ?? ''),
 * });
 * ```
 */
export function webhookNotifier(options: WebhookOptions): Notifier {
  return webhookNotifierOn(systemRuntime, options);
}

/** The same on a runtime that somebody else may own. */
export function webhookNotifierOn(runtime: Runtime, options: WebhookOptions): Notifier {
  const { url, timeoutMs = 10_000 } = options;
  if (!isTargetUrl(url))
    throw new TypeError("webhookNotifier: 'url' must be an absolute http or https URL without credentials");
  const secret = signingText(options.secret, 'webhookNotifier');
  return {
    deliver: async (notification) => {
      const body = JSON.stringify(webhookBody(notification));
      const timestamp = String(Math.floor(runtime.wallClockMs() / 1_000));
      const answer = await postJson(runtime, {
        url,
        body,
        headers: {
          [KEY_HEADER]: headerText(notification.key),
          [TIMESTAMP_HEADER]: timestamp,
          [SIGNATURE_HEADER]: sign(secret, timestamp, body),
        },
        timeoutMs,
        fetch: options.fetch ?? fetch,
      });
      return answerOfPost('the webhook', answer);
    },
  };
}

function headerText(key: string): string {
  // The detour through bytes replaces lone surrogates, which `encodeURIComponent` would throw on.
  return Buffer.from(key)
    .toString()
    .replace(NO_HEADER_TEXT, (character) => encodeURIComponent(character));
}
