/** A mail as `nodemailer` takes it; only what is used here. */
export interface Mail {
  readonly from: string;
  readonly replyTo?: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references?: string;
  readonly headers: Record<string, string>;
  /** No value can make the mailer read a file or fetch an address. */
  readonly disableFileAccess: true;
  readonly disableUrlAccess: true;
}

/** What sends mails: a transporter of `nodemailer`, or anything that has its `sendMail`. */
export interface MailTransport {
  readonly sendMail: (mail: Mail) => Promise<unknown>;
}
