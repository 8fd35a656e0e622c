import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** How a mail server or Slack takes what comes. */
export type PostBehaviour = 'takes' | 'refuses' | 'hangs' | 'closes';

/** A mail or a Slack message that came. */
interface Posted {
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server and a Slack, which live in the process that is never killed. */
export interface PostServers {
  readonly smtpPort: number;
  readonly slackUrl: string;
  readonly posted: () => readonly Posted[];
  readonly smtp: (behaviour: PostBehaviour) => void;
  readonly slack: (behaviour: PostBehaviour) => void;
  readonly close: () => Promise<void>;
}

export async function openPost(): Promise<PostServers> {
  const posted: Posted[] = [];
  let smtp: PostBehaviour = 'takes';
  let slack: PostBehaviour = 'takes';

  const mails = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    disableReverseLookup: true,
    onMailFrom: (_address, _session, done) =>
      smtp === 'refuses' ? done(Object.assign(new Error('try again later'), { responseCode: 451 })) : done(),
    onData: (stream, { envelope }, done) => {
      // A connection that breaks off in mid-mail has brought none.
      void buffer(stream).then((bytes) => {
        posted.push({ to: envelope.rcptTo.map(({ address }) => address), text: bytes.toString() });
        done();
      }, done);
    },
  });
  mails.on('error', () => {});
  mails.listen(0, '127.0.0.1');
  await once(mails.server, 'listening');
  const mailPort = (mails.server.address() as AddressInfo).port;

  // In front of the mail server, so that connections can hang and break.
  const sockets = new Set<Socket>();
  const way = createServer((client) => {
    if (smtp === 'closes') return void client.destroy();
    const server = connect(mailPort, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => from.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', (bytes) => {
        if (smtp !== 'hangs') to.write(bytes);
      });
    }
  }).listen(0, '127.0.0.1');
  await once(way, 'listening');

  const slackServer = createHttpServer(async (request, response) => {
    const body = await buffer(request).catch(() => null);
    if (body === null || slack === 'hangs') return;
    if (slack === 'closes') return void response.socket?.resetAndDestroy();
    if (slack === 'refuses') return void response.writeHead(503).end('service_unavailable');
    posted.push({ to: [], text: body.toString() });
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(slackServer, 'listening');

  return {
    smtpPort: (way.address() as AddressInfo).port,
    slackUrl: `http://127.0.0.1:${(slackServer.address() as AddressInfo).port}/services/planted-slack-secret`,
    posted: () => posted,
    smtp: (behaviour) => {
      smtp = behaviour;
      if (behaviour !== 'takes') return;
      // Who was left hanging comes again.
      for (const socket of sockets) socket.destroy();
    },
    slack: (behaviour) => {
      slack = behaviour;
      if (behaviour === 'takes') slackServer.closeAllConnections();
    },
    close: async () => {
      way.close();
      for (const socket of sockets) socket.destroy();
      slackServer.close();
      slackServer.closeAllConnections();
      await new Promise<void>((resolve) => mails.close(() => resolve()));
    },
  };
}
