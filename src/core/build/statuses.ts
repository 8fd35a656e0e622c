/** Status of an automation version and of its project while the build runs. The string is stored: it never changes. */
export const BUILD_IN_PROGRESS = 'Build in Progress';

/** Status of an automation version and of its project once WRK holds the workflow. The string is stored: it never changes. */
export const QA_AND_TESTING = 'QA & Testing';

/** The statuses a build may start from unless the host says otherwise. */
export const DEFAULT_STARTABLE_STATUSES: readonly string[] = ['Ready for Build', 'Awaiting Client Approval'];

/** Every status of a workflow binding. The strings are stored: they never change. */
export const BINDING_STATUSES = ['pending', 'active', 'error', 'cancelled'] as const;

/** Where a workflow binding stands. `workflow_bindings` is the truth about a build; messages only wake workers. */
export type BindingStatus = (typeof BINDING_STATUSES)[number];

/** Where a task stands, as far as a build writes it. A host's own screens may use more labels. */
export type TaskStatus = 'pending' | 'complete';

/**
 * Every way a binding may move. `absent` is the state before the first request. A status change that is not listed here
 * is a bug.
 */
export const BINDING_TRANSITIONS: Readonly<Record<BindingStatus | 'absent', readonly BindingStatus[]>> = {
  absent: ['pending'],
  pending: ['active', 'error', 'cancelled'],
  error: ['pending', 'active', 'cancelled'],
  cancelled: ['pending'],
  /** Only where a person gave the build its workflow. */
  active: ['error'],
};
