/** Express 4 beside Express 5, whose types do for what is used of it. */
declare module 'express-4' {
  import express from 'express';
  export type Express = express.Express;
  export default express;
}
