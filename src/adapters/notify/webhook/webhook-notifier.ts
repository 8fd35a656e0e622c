import * as z from 'zod';
import { options } from '../../../core/input/option-kinds.js';
import { readOptions } from '../../../core/input/read-options.js';
import type { Secret } from '../../../core/input/secret.js';
import type { Notifier } from '../../../ports/notifier.js';
import type { Runtime } from '../../../runtime/runtime.js';
import { systemRuntime } from '../../../runtime/system-runtime.js';
import { answerOfPost, isTargetUrl, postJson, postShape } from '../post-json.js';
import { signingShape, signRequestWith, type WebhookClass } from './standard-webhooks.js';
import { webhookBody } from './webhook-body.js';

/** How notifications are posted to the host's own service. */
export interface WebhookOptions {
  /** The URL of the service, without credentials. Use https outside a trusted network. */
  readonly url: string;
  /** The class `Webhook` of your own `standardwebhooks`. */
  readonly Webhook: WebhookClass;
  /**
   * The shared secret: `whsec_` and 24 to 64 random bytes in base64, such as `echo whsec_$(openssl rand -base64 32)` prints.
   * To change it, give a list of both: every request is signed with each, and the receiver changes in its own time.
   */
  readonly secret: Secret | readonly Secret[];
  /**
   * Timeout of one request, in milliseconds.
   *
   * @default 15_000
   */
  readonly timeoutMs?: number;
}

const URL_WANTED = 'give an absolute http or https URL without credentials';

const webhookSchema = options({
  ...postShape,
  ...signingShape,
  url: z.string({ error: URL_WANTED }).refine(isTargetUrl, { error: URL_WANTED }),
});

/**
 * Posts each notification as JSON to the host's own service, instead of e-mail, Slack or in-app, or in addition to them with
 * `fanOut`. It is signed as the Standard Webhooks specification (standardwebhooks.com) says, so any of its libraries verifies
 * it: see `WebhookBody`. `webhook-id` is the same for every attempt of one delivery; the service uses it to recognize a
 * duplicate.
 *
 * @throws TypeError when an option is invalid; the message never contains the secret
 *
 * @example
 * ```ts
 * import { Webhook } from 'standardwebhooks';
 * import { secret, webhookNotifier } from 'wrk-builds/notify';
 *
 * const email = webhookNotifier({
 *   url: 'https://mail.internal.example.com/notifications',
 *   Webhook,
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
  const { url, Webhook, timeoutMs = 15_000 } = webhook;
  const sign = signRequestWith(Webhook, [webhook.secret].flat());
  return {
    deliver: async (notification) => {
      const body = JSON.stringify(webhookBody(notification));
      const headers = sign({ key: notification.key, body, nowMs: runtime.wallClockMs() });
      return answerOfPost('the webhook', await postJson(runtime, { url, body, headers, timeoutMs }));
    },
  };
}
