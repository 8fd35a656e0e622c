import type { ReadyVersion } from './fill-schemas.js';

/** What the load generator sends to the server process. */
export type Command =
  /** Prepare that many builds to request. */
  | { readonly kind: 'prepare'; readonly count: number }
  /** Request the prepared builds without HTTP. */
  | { readonly kind: 'call'; readonly callers: number };

/** What the server process answers. */
export type Answer =
  | { readonly kind: 'listening'; readonly ports: { readonly plain: number; readonly handler: number } }
  | { readonly kind: 'prepared'; readonly versions: readonly ReadyVersion[] }
  /** How long each call took, in milliseconds. */
  | { readonly kind: 'called'; readonly durations: readonly number[] };
