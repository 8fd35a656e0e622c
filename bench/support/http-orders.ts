import type { ReadyVersion } from './fill-schemas.js';

/** What the load generator tells the process of the servers. */
export type Order =
  /** Have so many builds ready to be requested. */
  | { readonly kind: 'prepare'; readonly count: number }
  /** Request those that are ready without HTTP. */
  | { readonly kind: 'call'; readonly callers: number };

/** What that process tells of itself. */
export type Answer =
  | { readonly kind: 'listening'; readonly ports: { readonly plain: number; readonly handler: number } }
  | { readonly kind: 'prepared'; readonly versions: readonly ReadyVersion[] }
  /** How long each call took, in milliseconds. */
  | { readonly kind: 'called'; readonly durations: readonly number[] };
