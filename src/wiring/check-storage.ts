import type { BuildsOptions } from '../input/builds-options.js';
import type { FusedPorts, FusedStatements } from '../ports/fused.js';
import { requireCapability } from './capabilities.js';

/** Throws a TypeError for a storage that cannot do what the host asks of it. */
export function checkStorage<Tx>(options: BuildsOptions<Tx>): void {
  const { repository, queue, auditLog } = options;
  if (queue.database !== repository.database || auditLog.database !== repository.database) {
    throw new TypeError(
      'Repository, queue and audit log write in one transaction, so they must use one database: take all three from the same adapter.',
    );
  }
  if (options.verifyAtStart) requireCapability('The option verifyAtStart', options, 'hostSchema');
  if (options.circuitBreaker) requireCapability('The option circuitBreaker', options, 'circuitBreakers');
  if (options.retention) requireCapability('The option retention', options, 'purge');
}

type Functions = { readonly [Port in keyof FusedPorts]: readonly string[] };

/** The functions that each statement stands for: what `commitOneByOne` and `claimBuildsThroughQueue` call. */
const STANDS_FOR: Readonly<Record<'commit' | 'claimDueBuilds', Functions>> = {
  commit: { repository: ['transaction', 'save'], queue: ['enqueue'], auditLog: ['append'] },
  claimDueBuilds: {
    repository: ['claimBuilds'],
    queue: ['claim', 'acknowledge', 'postpone'],
    auditLog: [],
  },
};

/** The statements that do what the ports passed would do. The others would do it behind the back of a port of the host's. */
export function fusedFor<Tx>(
  options: Pick<BuildsOptions<Tx>, 'fused' | keyof FusedPorts>,
): Partial<Pick<FusedStatements, 'commit' | 'claimDueBuilds'>> {
  const { fused } = options;
  if (!fused) return {};
  const { commit, claimDueBuilds, insteadOf } = fused;
  const standsIn = (statement: keyof typeof STANDS_FOR) =>
    (['repository', 'queue', 'auditLog'] as const).every((port) =>
      STANDS_FOR[statement][port].every(
        (name) => Reflect.get(options[port], name) === Reflect.get(insteadOf[port], name),
      ),
    );
  return {
    ...(commit && standsIn('commit') && { commit }),
    ...(claimDueBuilds && standsIn('claimDueBuilds') && { claimDueBuilds }),
  };
}
