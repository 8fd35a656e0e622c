import type { BuildsOptions } from '../builds.js';
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
