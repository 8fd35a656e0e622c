import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import nodemailer, { type Transporter } from 'nodemailer';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as it arrived: envelope, headers, and parsed. */
interface ArrivedMail {
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: Email;
}

/** A mail server on loopback that keeps what arrives. */
export interface MailServer {
  readonly port: number;
  readonly arrived: ArrivedMail[];
  readonly close: () => Promise<void>;
}

/** Starts one without TLS and without logins, unless the options say otherwise. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const arrived: ArrivedMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString();
        void PostalMime.parse(raw).then((mail) => {
          arrived.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw, mail });
          done();
        });
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on a port');
  return {
    port: address.port,
    arrived,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A server that says `lines`, one after each line that it hears, and then hangs up. */
export async function startBrokenServer(
  lines: readonly string[],
): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let said = 0;
    const say = () => {
      const line = lines[said];
      said += 1;
      if (line === undefined) socket.destroy();
      else socket.write(`${line}\r\n`);
    };
    socket.on('data', say);
    say();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A transporter for a server on loopback. */
export function transportTo(port: number): Transporter {
  return nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
}
