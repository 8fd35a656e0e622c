import { err, ok } from 'neverthrow';
import { type GateReport, gateMeaning, isWorthReporting } from '../core/circuit-breaker/answer-meaning.js';
import type { GatePolicy } from '../core/circuit-breaker/circuit-breaker.js';
import { decideGates, type GateTurn } from '../core/circuit-breaker/decide-circuit-breakers.js';
import type { Storage } from './commit-one-by-one.js';
import { inSets } from './in-batches.js';

/** What the handler needs of the world. */
export interface GateShell<Tx> extends Pick<Storage<Tx>, 'repository' | 'queue'> {
  readonly policy: GatePolicy;
  readonly channels: { readonly slack: boolean };
  readonly newId: () => string;
  /** Told of what is committed. */
  readonly onTurn: (turn: GateTurn) => void;
  /** Told when reports could not be written; builds go on. */
  readonly onProblem: (problem: unknown) => void;
}

/** Times that a set of reports is decided before it is given up. */
const ATTEMPTS = 5;

/** Reports that are decided at once: their messages fit into one short transaction. */
const SIZE = { maxSize: 256, lanes: 1 };

/**
 * Makes the function that tells the gate towards WRK what came of a build. It never rejects: the gate is written apart
 * from the build, after it, and a report that is lost harms nobody. The next failure counts instead, and a probe is
 * followed when its lease would have ended.
 *
 * Reports of one moment share one decision. While WRK works none is read or written: a success is told only where the
 * claim saw a gate, or this process has seen one since.
 */
export function reportToGate<Tx>(shell: GateShell<Tx>): (report: GateReport) => Promise<void> {
  /** Whose gates are, or may be, there as far as this process knows; `null` is everyone's. */
  const known = new Set<string | null>();

  const settle = async (reports: readonly GateReport[]): Promise<readonly undefined[]> => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      // 1. Load.
      const tenantIds = [...new Set(reports.map(({ build }) => build.tenantId))];
      const gates = await shell.repository.loadGates(tenantIds);

      // 2. Decide.
      const { policy, channels } = shell;
      const decision = decideGates(gates, reports, policy, { channels, version: shell.newId() });

      // 3. Commit, all of it or nothing.
      const written = await shell.repository.transaction<'written', 'stale'>(async (tx) => {
        for (const change of decision.changes) {
          if (!(await shell.repository.saveGate(tx, change))) return err('stale');
        }
        await shell.queue.enqueue(tx, decision.messages);
        return ok('written');
      });
      if (written.isErr()) continue;

      for (const tenantId of [null, ...tenantIds]) known.delete(tenantId);
      for (const { tenantId } of gates) known.add(tenantId);
      for (const { tenantId, next } of decision.changes) {
        if (next) known.add(tenantId);
        else known.delete(tenantId);
      }
      for (const turn of decision.turns) shell.onTurn(turn);
      return reports.map(() => undefined);
    }
    throw new Error(`The gate would not hold still: ${reports.length} reports are left out.`);
  };
  const tell = inSets(settle, SIZE);

  return async (report) => {
    const { tenantId } = report.build;
    if (!isWorthReporting(report, known.has(null) || known.has(tenantId))) return;
    // At once, so that a success that comes while this is being written is told as well.
    if (gateMeaning(report.answer, 'tenant').kind === 'fails') known.add(null);
    await tell(report).catch(shell.onProblem);
  };
}
