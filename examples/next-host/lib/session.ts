import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Caller } from 'wrk-builds/http';
import { setting } from './setting';

/** What a session says. */
export interface Session {
  readonly tenantId: string;
  readonly userId: string;
  readonly roles: readonly string[];
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Who a request comes from, by the session cookie that the application's login has set. */
export function authenticate(request: Request): Caller | null {
  const cookies = request.headers.get('cookie') ?? '';
  const [, session = '', signature = ''] = /(?:^|; )session=([\w-]+)\.([\w-]+)/.exec(cookies) ?? [];
  const [given, expected] = [Buffer.from(signature), Buffer.from(signatureOf(session))];
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const { tenantId, userId, roles, expiresAt }: Session = JSON.parse(fromBase64(session));
  return expiresAt < Date.now() ? null : { kind: 'user', tenantId, userId, roles };
}

/** The cookie of a session. */
export function cookieOf(session: Session): string {
  const text = Buffer.from(JSON.stringify(session)).toString('base64url');
  return `session=${text}.${signatureOf(text)}`;
}

const fromBase64 = (text: string) => Buffer.from(text, 'base64url').toString();

const signatureOf = (text: string) =>
  createHmac('sha256', setting('SESSION_SECRET')).update(text).digest('base64url');
