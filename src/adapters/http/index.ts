export type { Right, Roles } from './admit.js';
export type { ActingCaller, Caller, SignedIn } from './caller.js';
export type { AllowedOrigins } from './check-origin.js';
export {
  HTTP_ERRORS,
  type HttpErrorCode,
  type HttpErrorMeaning,
  type HttpErrorStatus,
  type TransportErrorCode,
} from './error-codes.js';
export { createBuildsHandler, type EndableBuildsHandler } from './handler.js';
export type {
  AnsweredRequest,
  BuildsHandlerOptions,
  BuildsOverHttp,
  DocumentOptions,
  EventStreamOptions,
  OpenApiDocument,
  OtherStatusHandler,
} from './handler-options.js';
export { type HttpError, toHttpError } from './http-error.js';
export { type NodeListener, type NodeMount, nodeListener } from './node/node-listener.js';
export type { NodeRequest } from './node/to-request.js';
export { openApiDocument } from './openapi/document.js';
export type { BuildsHandler, HandlerContext } from './web-handler.js';
