import * as z from 'zod';
import { options } from '../../../core/input/option-kinds.js';
import { readOptions } from '../../../core/input/read-options.js';
import { reveal, type Secret } from '../../../core/input/secret.js';
import type { Notifier } from '../../../ports/notifier.js';
import type { Runtime } from '../../../runtime/runtime.js';
import { systemRuntime } from '../../../runtime/system-runtime.js';
import { answerOfPost, isTargetUrl, postJson, postShape } from '../post-json.js';
import { KEY_HEADER, SIGNATURE_HEADER, sign, signingSecret, TIMESTAMP_HEADER } from './signature.js';
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
}

/** Characters that a header cannot carry. A host's ids may be any text. */
const NO_HEADER_TEXT = /[^\x21-\x7e]/gu;

const URL_WANTED = 'give an absolute http or https URL without credentials';

const webhookSchema = options({
  ...postShape,
  url: z.string({ error: URL_WANTED }).refine(isTargetUrl, { error: URL_WANTED }),
  secret: signingSecret,
});

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
export function webhookNotifier(webhook: WebhookOptions): Notifier {
  return webhookNotifierOn(systemRuntime, webhook);
}

/** The same on a runtime that somebody else may own. */
export function webhookNotifierOn(runtime: Runtime, webhook: WebhookOptions): Notifier {
  readOptions('webhookNotifier', webhookSchema, webhook);
  const { url, timeoutMs = 10_000 } = webhook;
  const secret = reveal(webhook.secret) ?? '';
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
