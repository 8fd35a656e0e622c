import type { RequestHandler, Response } from 'express';
import type { Directory, Role, Session } from './directory.js';

/** Lets nobody pass without a session. Whatever a body or a query says of a tenant counts for nothing. */
export function authenticate(sessionOf: Directory['sessionOf']): RequestHandler {
  return (request, response, next) => {
    const token = /^Bearer (\S+)$/.exec(request.get('authorization') ?? '')?.[1];
    const session = token === undefined ? null : sessionOf(token);
    if (session === null) return refuse(response, 401, 'not_authenticated', 'Sign in first.');
    response.locals.session = session;
    next();
  };
}

/** Lets those pass who have one of the roles. */
export function allow(...roles: readonly Role[]): RequestHandler {
  return (_request, response, next) => {
    if (sessionOn(response).roles.some((role) => roles.includes(role))) return next();
    refuse(response, 403, 'not_allowed', `This takes one of the roles ${roles.join(', ')}.`);
  };
}

/** The session that {@link authenticate} found. */
export function sessionOn(response: Response): Session {
  return response.locals.session;
}

/** Answers with an error, in the shape that the library's own errors have. */
export function refuse(response: Response, status: number, code: string, message: string): void {
  response.status(status).json({ error_code: code, message });
}
