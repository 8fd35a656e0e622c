export { type HttpError, toHttpError } from './http-error.js';
