import { err, ok } from 'neverthrow';
import {
  answerMeaning,
  type CircuitBreakerReport,
  isWorthReporting,
  reportInAscii,
} from '../core/circuit-breaker/answer-meaning.js';
import type { CircuitBreakerPolicy } from '../core/circuit-breaker/circuit-breaker.js';
import {
  type CircuitBreakerTransition,
  decideCircuitBreakers,
} from '../core/circuit-breaker/decide-circuit-breakers.js';
import type { CircuitBreakers } from '../ports/circuit-breakers.js';
import { inBatches } from './batches.js';
import type { Storage } from './commit-one-by-one.js';

/** What the handler needs. */
export interface CircuitBreakerDeps<Tx> extends Pick<Storage<Tx>, 'repository' | 'queue'> {
  readonly circuitBreakers: CircuitBreakers<Tx>;
  readonly policy: CircuitBreakerPolicy;
  readonly channels: { readonly slack: boolean };
  readonly newId: () => string;
  /** Told of what is committed. */
  readonly onTransition: (transition: CircuitBreakerTransition) => void;
  /** Told when reports could not be written; builds go on. */
  readonly onProblem: (problem: unknown) => void;
}

/** Times that a batch of reports is decided before it is given up. */
const ATTEMPTS = 5;

/** Reports that are decided at once: their messages fit into one short transaction. */
const SIZE = { maxSize: 256, concurrency: 1 };

/**
 * Makes the function that tells the circuit breaker what came of a build. It never rejects: the circuit breaker is written apart
 * from the build, after it, and a report that is lost harms nobody. The next failure counts instead, and a probe is
 * followed when its lease would have ended.
 *
 * Reports of one moment share one decision. While WRK works none is read or written: a success is told only where the
 * claim saw failures, or this process has seen some since.
 */
export function reportToCircuitBreaker<Tx>(
  deps: CircuitBreakerDeps<Tx>,
): (report: CircuitBreakerReport) => Promise<void> {
  /** Whose circuit breakers are, or may be, there as far as this process knows; `null` is everyone's. */
  const known = new Set<string | null>();

  const settle = async (all: readonly CircuitBreakerReport[]): Promise<readonly undefined[]> => {
    let reports = all;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      // 1. Load.
      const tenantIds = [...new Set(reports.map(({ build }) => build.tenantId))];
      const circuitBreakers = await deps.circuitBreakers.load(tenantIds);

      // 2. Decide.
      const { policy, channels } = deps;
      const decision = decideCircuitBreakers(circuitBreakers, reports, policy, {
        channels,
        version: deps.newId(),
      });

      // 3. Commit, all of it or nothing.
      const written = await deps.repository
        .transaction<'written', 'stale' | 'text_refused'>(async (tx) => {
          for (const change of decision.changes) {
            if (!(await deps.circuitBreakers.save(tx, change))) return err('stale');
          }
          await deps.queue.enqueue(tx, decision.messages);
          return ok('written');
        })
        .catch((problem: unknown) => {
          if (deps.repository.refusalOf?.(problem)?.isOfText) return err('text_refused');
          throw problem;
        });
      if (written.isErr()) {
        if (written.error === 'text_refused') reports = reports.map(reportInAscii);
        continue;
      }

      for (const tenantId of [null, ...tenantIds]) known.delete(tenantId);
      for (const { tenantId, failures } of circuitBreakers) if (failures > 0) known.add(tenantId);
      for (const { tenantId, next } of decision.changes) {
        if (next && next.failures > 0) known.add(tenantId);
        else known.delete(tenantId);
      }
      for (const transition of decision.transitions) deps.onTransition(transition);
      return all.map(() => undefined);
    }
    throw new Error(`The circuit breaker kept changing: ${reports.length} reports were dropped.`);
  };
  const tell = inBatches(settle, SIZE);

  return async (report) => {
    const { tenantId } = report.build;
    if (!isWorthReporting(report, known.has(null) || known.has(tenantId))) return;
    // At once, so that a success that comes while this is being written is told as well.
    if (answerMeaning(report.answer, 'tenant').kind === 'fails') known.add(null);
    await tell(report).catch(deps.onProblem);
  };
}
