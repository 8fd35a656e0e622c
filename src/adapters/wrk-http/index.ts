export type { WorkflowQuery, WrkDuplicates, WrkHttpOptions } from './options.js';
export { wrkHttp } from './wrk-http.js';
