import express, { type Request, type Router } from 'express';
import * as z from 'zod';
import { hashPassword, isPassword } from './passwords.js';
import type { People } from './people.js';
import type { RateLimit } from './rate-limit.js';
import { refuse } from './refuse.js';
import { SESSION_COOKIE } from './sessions.js';

/** No column of text takes NUL. */
const emailText = z
  .string()
  .max(320)
  .regex(/^\P{Cc}*$/u, 'leave out control characters');
const loginBody = z.strictObject({ email: emailText, password: z.string().min(1).max(200) });

/** What signing in needs. */
export interface LoginDeps {
  readonly people: People;
  readonly isOwnOrigin: (origin: string) => boolean;
  /** Counts the tries for one e-mail from one address. */
  readonly rateLimit: RateLimit;
  /** Counts the tries from one address, whatever the e-mails: each costs a hash, known or not. */
  readonly rateLimitOfAddress: RateLimit;
  /** Counts the tries for one e-mail, from however many addresses. */
  readonly rateLimitOfAccount: RateLimit;
}

/** `POST /login` and `POST /logout`. */
export function loginRoutes(deps: LoginDeps): Router {
  const { people, isOwnOrigin, rateLimit, rateLimitOfAddress, rateLimitOfAccount } = deps;
  // Somebody whom nobody knows is compared as well: otherwise the time would tell who has an account.
  const nobodysHash = hashPassword('nobody');
  const router = express.Router();
  // JSON alone: no form of a foreign page can send it.
  router.use(
    ['/login', '/logout'],
    express.json({ limit: '4kb', type: 'application/json' }),
    (request, response, next) => {
      const origin = request.get('origin');
      if (origin === undefined || isOwnOrigin(origin)) return next();
      refuse(response, 403, 'origin_not_allowed', 'Send this from a page of the application.');
    },
  );

  router.post('/login', async (request, response) => {
    const body = loginBody.safeParse(request.body);
    if (!body.success) return refuse(response, 400, 'invalid_input', z.prettifyError(body.error));
    const { email, password } = body.data;
    const address = request.ip ?? '';
    const account = email.toLowerCase();
    const retryAfterSeconds =
      rateLimitOfAddress(address) ?? rateLimit(`${address} ${account}`) ?? rateLimitOfAccount(account);
    if (retryAfterSeconds !== null) {
      response.set('Retry-After', String(retryAfterSeconds));
      return refuse(response, 429, 'rate_limited', `Too many tries: wait ${retryAfterSeconds} s.`);
    }
    const person = await people.byEmail(email);
    const isRight = await isPassword(password, person?.passwordHash ?? (await nobodysHash));
    if (person === null || !isRight)
      return refuse(response, 401, 'wrong_credentials', 'E-mail or password is wrong.');
    // A new id: one that somebody else has slipped into the browser must not become a signed-in one.
    await change(request, 'regenerate');
    request.session.personId = person.id;
    await change(request, 'save');
    const { id, tenantId, name, roles } = person;
    response.set('Cache-Control', 'no-store').json({ user_id: id, tenant_id: tenantId, name, roles });
  });

  router.post('/logout', async (request, response) => {
    await change(request, 'destroy');
    response.clearCookie(SESSION_COOKIE).status(204).end();
  });
  return router;
}

function change(request: Request, how: 'regenerate' | 'save' | 'destroy'): Promise<void> {
  return new Promise((resolve, reject) => {
    request.session[how]((problem: unknown) => (problem ? reject(problem) : resolve()));
  });
}
