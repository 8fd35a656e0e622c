export { type Secret, secret } from '../../core/input/secret.js';
export { type Content, escapeHtml, type Phrase, say, type Tone } from './content/content.js';
export { type NotificationContent, renderContent } from './content/render-content.js';
export type { SlackBlock, SlackContent } from './content/render-slack.js';
export { fanOut } from './fan-out.js';
export { type ContentOptions, type LinkOptions, notificationWriter } from './notification-writer.js';
export { type SlackOptions, slackNotifier } from './slack-notifier.js';
export { type Mail, type MailTransport, type SmtpOptions, smtpNotifier } from './smtp/smtp-notifier.js';
export type {
  NotificationLinks,
  NotificationTemplates,
  Template,
  TemplateInput,
} from './templates/template.js';
export type { WebhookClass } from './webhook/standard-webhooks.js';
export type { WebhookBody } from './webhook/webhook-body.js';
export { type WebhookOptions, webhookNotifier } from './webhook/webhook-notifier.js';
