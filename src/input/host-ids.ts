import { err, ok, type Result } from 'neverthrow';
import { invalidInput } from '../core/input/invalid-input.js';
import type { OpsError } from '../core/ops/ops-error.js';
import type { HostSchema } from '../ports/host-schema.js';

/** What only the adapters know of a command. */
export interface CommandRules {
  readonly isHostId: HostSchema['isHostId'];
  readonly isWorkflowUrlAllowed: (url: string) => boolean;
}

/** What a command may name that not every adapter can take. */
interface NamedByCommand {
  readonly userId?: string | undefined;
  readonly assigneeId?: string | null | undefined;
  readonly workflowUrl?: string | undefined;
}

/** Holds what a command names against what the adapters can do with it, before anything is asked of them. */
export function checkCommand(
  { userId, assigneeId, workflowUrl }: NamedByCommand,
  { isHostId, isWorkflowUrlAllowed }: CommandRules,
): Result<void, OpsError> {
  const findings = misfitIds({ userId, assigneeId }, isHostId);
  if (workflowUrl !== undefined && !isWorkflowUrlAllowed(workflowUrl)) {
    findings.push({
      path: 'workflowUrl',
      message: 'cannot be used: give an address that WRK itself would give for a workflow',
    });
  }
  return findings.length === 0 ? ok() : err(invalidInput(findings));
}

/** A finding for each id that the host's tables have no place for. */
export function misfitIds(
  ids: Readonly<Record<string, string | null | undefined>>,
  isHostId: CommandRules['isHostId'],
): { path: string; message: string }[] {
  return Object.entries(ids).flatMap(([path, id]) =>
    typeof id !== 'string' || isHostId(id)
      ? []
      : [{ path, message: "cannot be used: give an id of the kind that the host's tables have" }],
  );
}
