/** As much of the load generator as a bench uses. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  interface LoadRequest {
    method: string;
    path: string;
    headers: Record<string, string>;
    body: string;
  }
  interface Load {
    readonly url: string;
    readonly connections: number;
    /** Requests in all. */
    readonly amount: number;
    readonly requests: readonly [{ readonly setupRequest: (request: LoadRequest) => LoadRequest }];
  }
  interface LoadResult {
    readonly '2xx': number;
    readonly non2xx: number;
    readonly errors: number;
    /** In seconds. */
    readonly duration: number;
  }
  /** The emitter tells of each `response`: client, status, bytes, milliseconds. */
  export default function autocannon(load: Load): PromiseLike<LoadResult> & EventEmitter;
}
