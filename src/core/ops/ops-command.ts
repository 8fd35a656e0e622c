/** Who gives a command, and why; the audit log records both. */
export interface OpsCommand {
  readonly userId: string;
  readonly reason: string;
  /** Id of this decision, made by the caller. */
  readonly decisionId: string;
}

/** Another run of a build that ended as an error. */
export interface RetryCommand extends OpsCommand {
  readonly requestId: string;
  /** WRK may end up with a second workflow; needed only where that can happen. */
  readonly acceptDuplicateRisk: boolean;
  /** A new idempotency key, for a WRK that replays an old refusal under the old one. */
  readonly freshKey: boolean;
}

/** A build is given to somebody, or to nobody. */
export interface AssignCommand extends OpsCommand {
  readonly assigneeId: string | null;
}

/** A workflow that was made or found by hand becomes the build's own. */
export interface AdoptCommand extends OpsCommand {
  readonly workflowId: string;
  readonly workflowUrl: string;
}

/** A build is given up. */
export interface CancelCommand extends OpsCommand {
  /** A workflow may be left at WRK that no build holds; needed only where that can happen. */
  readonly acceptDuplicateRisk: boolean;
}
