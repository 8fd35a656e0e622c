import * as z from 'zod';
import { options } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import { reveal, type Secret } from '../../core/input/secret.js';
import type { DeliveryAnswer } from '../../core/notifications/decide-delivery.js';
import type { Notification, Notifier } from '../../ports/notifier.js';
import type { Runtime } from '../../runtime/runtime.js';
import { systemRuntime } from '../../runtime/system-runtime.js';
import { cleanText, clip, escapeMrkdwn } from './content/content.js';
import type { SlackContent } from './content/render-slack.js';
import { type ContentOptions, contentShape, writerOf } from './notification-writer.js';
import { answerOfPost, isTargetUrl, postJson, postShape } from './post-json.js';

/** How Slack messages are sent. */
export interface SlackOptions extends ContentOptions {
  /**
   * The URL of an incoming webhook, wrapped with `secret`: anyone who knows it can post. It stands for one channel of one
   * workspace. A function chooses one for each notification, for example by tenant; if it returns `null`, the notification
   * is not delivered and not retried.
   */
  readonly webhookUrl: Secret | ((notification: Notification) => Secret | null);
  /**
   * Timeout of one request, in milliseconds.
   *
   * @default 10_000
   */
  readonly timeoutMs?: number;
}

/** Slack's error codes for a webhook or a channel. Nothing else of an answer is repeated in a reason. */
const KNOWN_PROBLEMS: readonly string[] = [
  'action_prohibited',
  'channel_is_archived',
  'channel_not_found',
  'invalid_blocks',
  'invalid_payload',
  'invalid_token',
  'no_active_hooks',
  'no_service',
  'no_service_id',
  'no_team',
  'no_text',
  'posting_to_general_channel_denied',
  'team_disabled',
  'too_many_attachments',
  'user_not_found',
];

/** Slack cuts off longer texts. */
const MAX_TEXT_LENGTH = 3_000;

const slackSchema = options({
  ...contentShape,
  ...postShape,
  webhookUrl: z.custom((value) => typeof value === 'function' || urlOf(value) !== null, {
    error: "give secret('https://hooks.slack.com/…'), or a function that returns such a secret",
  }),
});

/**
 * Posts to an incoming webhook of Slack, as blocks with a plain text. When Slack answers 429, this process posts nothing more
 * to that webhook until `Retry-After` has passed, and messages wait in the queue. Slack has no idempotency key: a message
 * whose answer was lost is posted again.
 *
 * @throws TypeError when an option is invalid; the message never contains the URL
 *
 * @example
 * ```ts
 * import { secret, slackNotifier } from 'wrk-builds/notify';
 *
 * const slack = slackNotifier({
 *   webhookUrl: secret(process.env.SLACK_WEBHOOK_URL ?? ''),
 *   links: { baseUrl: 'https://app.example.com' },
 * });
 * ```
 */
export function slackNotifier(slackOptions: SlackOptions): Notifier {
  return slackNotifierOn(systemRuntime, slackOptions);
}

/** The same on a runtime that somebody else may own. */
export function slackNotifierOn(runtime: Runtime, slackOptions: SlackOptions): Notifier {
  readOptions('slackNotifier', slackSchema, slackOptions);
  const { webhookUrl, timeoutMs = 10_000 } = slackOptions;
  const write = writerOf(slackOptions);
  const pause = createPause(runtime);

  return {
    deliver: async (notification): Promise<DeliveryAnswer> => {
      const url = urlOf(typeof webhookUrl === 'function' ? webhookUrl(notification) : webhookUrl);
      if (url === null)
        return {
          status: 'failed',
          retryable: false,
          reason: 'there is no usable webhook for this notification: check webhookUrl',
        };
      const waitMs = pause.leftFor(url);
      if (waitMs > 0)
        return {
          status: 'failed',
          retryable: true,
          reason: 'Slack is rate limiting this webhook',
          retryAfterMs: waitMs,
        };
      const content = write(notification);
      const answer = await postJson(runtime, {
        url,
        body: JSON.stringify({
          ...(content.slack ?? plain(content.text)),
          unfurl_links: false,
          unfurl_media: false,
        }),
        timeoutMs,
      });
      if (answer.kind === 'answered' && answer.status === 429) pause.begin(url, answer.retryAfterMs ?? 0);
      return withProblem(answerOfPost('Slack', answer), answer.kind === 'answered' ? answer.body : '');
    },
  };
}

function urlOf(value: unknown): string | null {
  const url = reveal(value);
  return url !== null && isTargetUrl(url) ? url : null;
}

function plain(text: string): SlackContent {
  const lines = text.split('\n').map(cleanText).join('\n').trim();
  const shown = clip(lines, MAX_TEXT_LENGTH);
  return {
    text: escapeMrkdwn(shown),
    blocks: [{ type: 'section', text: { type: 'plain_text', text: shown, emoji: false } }],
  };
}

function withProblem(answer: DeliveryAnswer, body: string): DeliveryAnswer {
  const problem = KNOWN_PROBLEMS.find((known) => body.trim() === known);
  return answer.status === 'failed' && problem !== undefined
    ? { ...answer, reason: `${answer.reason}: ${problem}` }
    : answer;
}

/** Places that want to be left alone for a while, as this process knows them. */
export interface Pause {
  /** How long a webhook is still paused, in milliseconds; 0 if it may be called. */
  readonly leftFor: (webhook: string) => number;
  /** Pauses a webhook for the given milliseconds. Never shortens a pause. */
  readonly begin: (webhook: string, ms: number) => void;
}

/** Counts on the monotonic clock. */
export function createPause({ monotonicMs }: Pick<Runtime, 'monotonicMs'>): Pause {
  const until = new Map<string, number>();
  return {
    leftFor: (webhook) => {
      const left = Math.ceil((until.get(webhook) ?? 0) - monotonicMs());
      if (left <= 0) until.delete(webhook);
      return Math.max(left, 0);
    },
    begin: (webhook, ms) => {
      until.set(webhook, Math.max(until.get(webhook) ?? 0, monotonicMs() + ms));
    },
  };
}
