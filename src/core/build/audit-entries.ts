/** What happened, as stored in `audit_logs.action_type`. */
export type AuditAction =
  | 'request_build'
  | 'build_complete'
  | 'build_failed'
  | 'retry_build'
  | 'assign_build'
  | 'cancel_build'
  | 'undo_adoption'
  | 'command_refused'
  | 'message_refused';

/** One row for `audit_logs`; its time is the database's. */
export interface AuditEntry {
  readonly tenantId: string;
  /** `null` when the worker acted on its own. */
  readonly userId: string | null;
  readonly actionType: AuditAction;
  readonly resourceType: 'automation_version' | 'workflow_binding';
  readonly resourceId: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}
