export { type HttpError, toHttpError } from './http-error.js';
export { type NodeListener, type NodeMount, nodeListener } from './node/node-listener.js';
export type { NodeRequest } from './node/to-request.js';
export type { BuildsHandler, HandlerContext } from './web-handler.js';
