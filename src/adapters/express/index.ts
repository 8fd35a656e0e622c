export type { NodeRequest } from '../http/node/to-request.js';
export type { BuildsHandler, HandlerContext } from '../http/web-handler.js';
export {
  type ExpressMiddleware,
  type ExpressRequest,
  expressHandler,
} from './express-handler.js';
