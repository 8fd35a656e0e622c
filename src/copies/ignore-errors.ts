import { sharedByCopies } from './shared-by-copies.js';

/** What emits `error` events; a test double may emit none. */
export interface ErrorEmitter {
  readonly on?: (event: 'error', listener: (problem: Error) => void) => unknown;
  readonly off?: (event: 'error', listener: (problem: Error) => void) => unknown;
}

/**
 * Keeps an `error` event from ending the process. An emitter gets one listener, however often it comes here, and however
 * often a development server has loaded the library again.
 */
export const ignoreErrors: (emitter: ErrorEmitter) => void = sharedByCopies('ignored-errors/1', () => {
  const ignore = () => {};
  return (emitter: ErrorEmitter) => {
    emitter.off?.('error', ignore);
    emitter.on?.('error', ignore);
  };
});
