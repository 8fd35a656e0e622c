import type { Notification, Notifier, Notifiers } from 'wrk-builds';
import { nameOf } from './people.js';

/**
 * Delivers to the screen: `show` gets one line for each notification. In-app ones go into their table first.
 * A host hands e-mails to its mail service here, and Slack messages to its webhook.
 */
export function notifiersOn(show: (line: string) => void, inApp: Notifier): Notifiers {
  const tell = (channel: string, { message, recipient }: Notification) =>
    show(`${channel.padEnd(7)} ${message.template.padEnd(15)} to ${nameOf(recipient.id)}`);
  const toScreen = (channel: string): Notifier => ({
    deliver: async (notification) => {
      tell(channel, notification);
      return { status: 'delivered' };
    },
  });
  return {
    email: toScreen('e-mail'),
    slack: toScreen('Slack'),
    inApp: {
      deliver: async (notification) => {
        const answer = await inApp.deliver(notification);
        tell('in-app', notification);
        return answer;
      },
    },
  };
}
