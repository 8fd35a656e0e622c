import { ResultAsync } from 'neverthrow';
import type { Builds } from '../builds.js';
import { recordChecklistChange } from '../handlers/record-checklist-change.js';
import { checkProject, checkTxOptions } from '../input/call-options.js';
import type { EventListener } from '../observability/events.js';
import type { Capabilities } from '../ports/capabilities.js';
import type { Repository } from '../ports/repository.js';
import type { Runtime } from '../runtime/runtime.js';
import { requireCapability } from './capabilities.js';

/** What changes of a checklist are wired from. */
export interface ChecklistWiringDeps<Tx> {
  readonly repository: Repository<Tx>;
  readonly capabilities: Capabilities<Tx>;
  readonly ready: () => Promise<void>;
  readonly runtime: Pick<Runtime, 'monotonicMs' | 'random' | 'setTimer'>;
  readonly lockWaitMs: number;
  readonly emit: EventListener;
}

/** Connects a change of a checklist with the project that it is counted for. */
export function prepareChecklist<Tx>({
  repository,
  capabilities,
  ready,
  runtime,
  lockWaitMs,
  emit,
}: ChecklistWiringDeps<Tx>): Pick<Builds<Tx>, 'recordChecklistChange'> {
  const record: (
    ...of: Parameters<Builds<Tx>['recordChecklistChange']>
  ) => ReturnType<typeof recordChecklistChange<Tx>> = async (project, options = {}) => {
    const use = 'recordChecklistChange';
    checkProject(project);
    checkTxOptions(use, options);
    const checklists = requireCapability(use, capabilities, 'checklists');
    const hostTransactions = requireCapability(use, capabilities, 'hostTransactions');
    await ready();
    const recorded = await recordChecklistChange(project, options.tx, {
      repository,
      checklists,
      hostTransactions,
      runtime,
      lockWaitMs,
    });
    if (recorded.isErr() && recorded.error.code === 'host_refused') {
      const { tenantId, projectId } = project;
      const problem = recorded.error.message;
      emit({ type: 'write_refused', tenantId, write: 'checklist', of: projectId, problem });
    }
    return recorded;
  };
  return { recordChecklistChange: (project, options) => new ResultAsync(record(project, options)) };
}
