import type { Result } from 'neverthrow';
import type { OpsError } from '../core/ops/ops-error.js';
import type { CommandResult } from './handle-command.js';

/** What became of each build of a command to retry many. */
export interface RetriedEach {
  readonly retried: readonly CommandResult[];
  /** Those that stay as they are, each with the reason. */
  readonly refused: readonly { readonly bindingId: string; readonly error: OpsError }[];
  /** Those whose command broke off, with what was thrown: look at each, since it may have been carried out all the same. */
  readonly failed: readonly { readonly bindingId: string; readonly problem: unknown }[];
}

/** Retries builds, each on its own: what becomes of one takes the answer about no other away. */
export async function retryEach(
  bindingIds: readonly string[],
  retry: (bindingId: string) => Promise<Result<CommandResult, OpsError>>,
): Promise<RetriedEach> {
  const outcomes = await Promise.all(
    bindingIds.map(async (bindingId) => {
      try {
        return { bindingId, outcome: await retry(bindingId) };
      } catch (problem) {
        return { bindingId, problem };
      }
    }),
  );
  // Told in the order in which they were asked for, whichever was over first.
  const retried: CommandResult[] = [];
  const refused: RetriedEach['refused'][number][] = [];
  const failed: RetriedEach['failed'][number][] = [];
  for (const { bindingId, outcome, problem } of outcomes) {
    if (!outcome) failed.push({ bindingId, problem });
    else if (outcome.isErr()) refused.push({ bindingId, error: outcome.error });
    else retried.push(outcome.value);
  }
  return { retried, refused, failed };
}
