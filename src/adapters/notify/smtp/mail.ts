/** A mail in the form that `nodemailer` accepts, reduced to the fields used here. */
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
  /** No value can make `nodemailer` read a file or fetch a URL. */
  readonly disableFileAccess: true;
  readonly disableUrlAccess: true;
}

/** Sends mails: a `nodemailer` transporter, or anything with the same `sendMail`. */
export interface MailTransport {
  readonly sendMail: (mail: Mail) => Promise<unknown>;
}
