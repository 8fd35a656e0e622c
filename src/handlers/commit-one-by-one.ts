import { err, ok, type Result } from 'neverthrow';
import type { BuildDecision, Verdict } from '../core/build/decision.js';
import { asError } from '../core/input/error-text.js';
import type { AuditLog } from '../ports/audit-log.js';
import type { Commit } from '../ports/fused.js';
import type { Queue } from '../ports/queue.js';
import type { Repository } from '../ports/repository.js';

/** The three ports that write in one transaction. */
export interface Storage<Tx> {
  readonly repository: Repository<Tx>;
  readonly queue: Queue<Tx>;
  readonly auditLog: AuditLog<Tx>;
}

/** Writes one decision in `tx`: its rows, then its messages, then its audit entry. An `err` wrote nothing. */
export async function writeDecision<Tx>(
  { repository, queue, auditLog }: Storage<Tx>,
  tx: Tx,
  decision: BuildDecision,
): Promise<Result<'ok', Verdict>> {
  const [verdict] = await repository.save(tx, [decision]);
  if (verdict !== 'ok') return err(verdict ?? 'stale');
  await queue.enqueue(tx, decision.messages);
  if (decision.audit) await auditLog.append(tx, [decision.audit]);
  return ok(verdict);
}

/** Commits through the ports: one transaction for each decision, in which repository, queue and audit log write. */
export function commitOneByOne<Tx>(storage: Storage<Tx>): Commit {
  const { transaction, refusalOf = () => null } = storage.repository;
  const commit = async (decision: BuildDecision): Promise<Verdict> => {
    const written = await transaction((tx) => writeDecision(storage, tx, decision));
    return written.isOk() ? written.value : written.error;
  };
  return async (decisions) => {
    const answers: (Verdict | Error)[] = [];
    for (const decision of decisions) {
      const answer = await commit(decision).catch((problem) => refusalOf(problem) ?? asError(problem));
      answers.push(answer);
    }
    return answers;
  };
}
