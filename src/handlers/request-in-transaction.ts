import { err, ok, type Result } from 'neverthrow';
import { hostRefused, type RequestBuildError } from '../core/build/errors.js';
import type { RequestBuildCommand, RequestBuildOutcome } from '../core/request/request-build.js';
import type { HostTransactions } from '../ports/host-transactions.js';
import { type Storage, writeDecision } from './commit-one-by-one.js';
import { type Attempt, attemptRequest, type RequestBuildDeps, untilSettled } from './handle-request-build.js';

/**
 * Handles a request inside a transaction that somebody else began and will end.
 *
 * Each attempt is a savepoint of its own: what it read it read there, what is not accepted leaves nothing, holds no lock
 * and spoils nothing, and the next one starts where the caller was.
 */
export function requestInTransaction<Tx>(
  tx: Tx,
  command: RequestBuildCommand,
  deps: Omit<RequestBuildDeps<Tx>, 'load' | 'commit' | 'tx'>,
  storage: Storage<Tx>,
  { savepoint }: HostTransactions<Tx>,
): Promise<Result<RequestBuildOutcome, RequestBuildError>> {
  const { repository } = storage;
  const { lockWaitMs } = deps;

  const attemptIn = (inner: Tx, waitMs: number | null) =>
    attemptRequest(
      command,
      {
        ...deps,
        tx: inner,
        load: async (query, { waitMs: wait }) => {
          const [facts] = await repository.loadRequests([query], {
            tx: inner,
            ...(wait === null ? {} : { waitMs: wait }),
          });
          if (!facts) throw new Error('The repository returned too few answers.');
          return facts;
        },
        commit: async (decision) => {
          const written = await writeDecision(storage, inner, decision);
          return written.isOk() ? written.value : written.error;
        },
      },
      waitMs,
    );

  // The savepoint undoes an `err`; what it lost to somebody else is decided again like a refused commit.
  const attempt = async (waitMs: number | null): Promise<Attempt> => {
    const work = async (inner: Tx) => {
      const result = await attemptIn(inner, waitMs);
      return result.kind === 'answered' ? ok(result) : err(result.because);
    };
    try {
      const kept = await savepoint(tx, work, { waitMs: lockWaitMs });
      return kept.isOk() ? kept.value : { kind: 'again', because: kept.error };
    } catch (problem) {
      // The savepoint has undone it too, so that the caller's transaction goes on.
      const refusal = repository.refusalOf?.(problem);
      if (!refusal) throw problem;
      return { kind: 'answered', answer: err(hostRefused(refusal)) };
    }
  };
  return untilSettled(attempt, lockWaitMs);
}
