import type { RequestHandler, Response } from 'express';

/** Answers with an error, in the shape that the errors of the library have. */
export function refuse(response: Response, status: number, code: string, message: string): void {
  response.status(status).set('Cache-Control', 'no-store').json({ error_code: code, message });
}

/** Tells browsers to take every answer for what it says it is. */
export const noSniff: RequestHandler = (_request, response, next) => {
  response.set('X-Content-Type-Options', 'nosniff');
  next();
};
