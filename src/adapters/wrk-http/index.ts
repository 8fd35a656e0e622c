export type { AddedHeaders, WrkHooks, WrkRequest, WrkResponse } from './hooks.js';
export type { WorkflowQuery, WrkDuplicates, WrkHttpOptions } from './options.js';
export { type Secret, secret } from './secret.js';
export { wrkHttp } from './wrk-http.js';
