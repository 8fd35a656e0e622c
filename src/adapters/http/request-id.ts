import type { Runtime } from '../../runtime/runtime.js';

/** What a log line or a header can hold without a second thought. */
const HARMLESS = /^[\w.:@/+=-]{1,128}$/;

/**
 * The id that correlates the answer, the logs and the build: the caller's own `X-Request-Id`, or a new one if that is
 * missing, repeated or unsafe for a log line.
 */
export function requestIdOf(given: unknown, { newId }: Pick<Runtime, 'newId'>): string {
  return typeof given === 'string' && HARMLESS.test(given) ? given : newId();
}
