import { Webhook } from 'standardwebhooks';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import {
  fanOut,
  secret,
  slackNotifier,
  smtpNotifier,
  webhookNotifier,
} from '../../src/adapters/notify/index.js';
import { notifierContract } from '../../src/testing/contracts/notifier.js';
import { type ArrivedRequest, replies, startHttpServer } from '../adapters/notify/support/http-server.js';
import { startMailServer, transportTo } from '../adapters/notify/support/mail-server.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const verified = new Webhook(SECRET);
const idOf = ({ headers, body }: ArrivedRequest) => {
  const id = String(headers['webhook-id']);
  verified.verify(body, {
    'webhook-id': id,
    'webhook-timestamp': String(headers['webhook-timestamp']),
    'webhook-signature': String(headers['webhook-signature']),
  });
  return id;
};
const FROM = 'builds@example.com';

notifierContract({
  name: 'smtpNotifier, as a mailbox that files each Message-ID once has it,',
  channel: 'email',
  tellsDuplicates: true,
  open: async () => {
    const { port, arrived, close } = await startMailServer();
    return {
      notifier: smtpNotifier({ transport: transportTo(port), from: FROM }),
      received: async () => new Set(arrived.map(({ mail }) => mail.messageId)).size,
      clear: async () => void arrived.splice(0),
      close,
    };
  },
});

notifierContract({
  name: 'slackNotifier',
  channel: 'slack',
  tellsDuplicates: false,
  open: async () => {
    const { url, arrived, close } = await startHttpServer(replies(200, 'ok'));
    return {
      notifier: slackNotifier({ webhookUrl: secret(`${url}/services/x`) }),
      received: async () => arrived.length,
      clear: async () => void arrived.splice(0),
      close,
    };
  },
});

notifierContract({
  name: 'webhookNotifier, as a service that verifies and does each webhook-id once has it,',
  channel: 'email',
  tellsDuplicates: true,
  open: async () => {
    const { url, arrived, close } = await startHttpServer(replies(204));
    return {
      notifier: webhookNotifier({ url, Webhook, secret: secret(SECRET) }),
      received: async () => new Set(arrived.map(idOf)).size,
      clear: async () => void arrived.splice(0),
      close,
    };
  },
});

notifierContract({
  name: 'fanOut, of mail and in-app,',
  channel: 'in_app',
  tellsDuplicates: true,
  open: async () => {
    const mail = await startMailServer();
    const { inAppNotifier, libraryRows, clear } = memoryStorage();
    const ids = () => new Set(mail.arrived.map((each) => each.mail.messageId)).size;
    return {
      notifier: fanOut({
        mail: smtpNotifier({ transport: transportTo(mail.port), from: FROM }),
        screen: inAppNotifier,
      }),
      received: async () => {
        const { inAppNotifications } = await libraryRows();
        if (inAppNotifications.length !== ids())
          throw new Error('one of the two has got less than the other');
        return ids();
      },
      clear: async () => {
        mail.arrived.splice(0);
        await clear();
      },
      close: mail.close,
    };
  },
});
