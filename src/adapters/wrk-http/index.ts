export { type Secret, secret } from '../../core/input/secret.js';
export type { AddedHeaders, WrkHooks, WrkRequest, WrkResponse } from './hooks.js';
export type { WorkflowQuery, WrkDuplicates, WrkHttpOptions } from './options.js';
export { wrkHttp } from './wrk-http.js';
