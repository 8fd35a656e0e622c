import type { Response } from 'express';

/** Answers with an error, in the shape that the errors of the library have. */
export function refuse(response: Response, status: number, code: string, message: string): void {
  response.status(status).set('Cache-Control', 'no-store').json({ error_code: code, message });
}
