export {
  type ExpressMiddleware,
  type ExpressRequest,
  expressHandler,
} from './express-handler.js';
