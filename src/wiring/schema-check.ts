import type { EventListener } from '../observability/events.js';
import type { Runtime } from '../runtime/runtime.js';
import { workerProblem } from './events.js';

/** An error that lists what keeps the library from working on this database. */
export interface SchemaMismatch extends Error {
  readonly name: 'SchemaMismatch';
  /** What does not fit, each a sentence with the fix. */
  readonly mismatches: readonly string[];
}

/** How long what does not fit is taken for granted, in milliseconds: a check may lock rows of the host's. */
const RECHECK_MS = 1_000;

/**
 * Makes a check that everything else waits for: it runs when it is first asked for, once for all who ask meanwhile, and
 * never again after it has found nothing. While something does not fit, or the database cannot be reached, whoever asks
 * next has it run again, so that a host that is fixed goes on without a restart.
 */
export function verifyFirst(
  verify: () => Promise<readonly string[]>,
  { monotonicMs }: Pick<Runtime, 'monotonicMs'>,
): () => Promise<void> {
  let checking: Promise<void> | null = null;
  let found: { readonly mismatch: SchemaMismatch; readonly at: number } | null = null;
  return () => {
    if (found && monotonicMs() - found.at < RECHECK_MS) return Promise.reject(found.mismatch);
    found = null;
    checking ??= verify()
      .then((mismatches) => {
        if (mismatches.length === 0) return;
        const mismatch = schemaMismatch(mismatches);
        found = { mismatch, at: monotonicMs() };
        throw mismatch;
      })
      .catch((problem: unknown) => {
        checking = null;
        throw problem;
      });
    return checking;
  };
}

/**
 * Begins to verify at once, so that a host reads in its log what does not fit before anybody asks for a build. Without
 * `verify` everything fits.
 */
export function readyAfter(
  verify: (() => Promise<readonly string[]>) | undefined,
  emit: EventListener,
  runtime: Pick<Runtime, 'monotonicMs'>,
): () => Promise<void> {
  if (!verify) return async () => {};
  const ready = verifyFirst(verify, runtime);
  ready().catch((problem: unknown) => emit(workerProblem('verification', problem)));
  return ready;
}

function schemaMismatch(mismatches: readonly string[]): SchemaMismatch {
  const message = `The database does not match the mapping: ${mismatches.length} to fix.\n${mismatches.map((each) => `- ${each}`).join('\n')}`;
  return Object.assign(new Error(message), { name: 'SchemaMismatch' as const, mismatches });
}
