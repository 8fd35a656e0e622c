import { err, ok, type Result, ResultAsync } from 'neverthrow';
import type * as z from 'zod';
import type { Refusal } from '../core/build/decision.js';
import type { RequestBuildError } from '../core/build/errors.js';
import { BUILD_REQUESTS, NOTIFICATIONS } from '../core/build/messages.js';
import { errorName } from '../core/input/error-text.js';
import { decideAdopt } from '../core/ops/decide-adopt.js';
import { decideAssign } from '../core/ops/decide-assign.js';
import { decideCancel, decideCancelAfterRefusal } from '../core/ops/decide-cancel.js';
import { decideRetry, decideRetryOfReason } from '../core/ops/decide-retry.js';
import { decideUndoAdoption } from '../core/ops/decide-undo-adoption.js';
import { type AuditedCommand, refusedCommand } from '../core/ops/ops-decision.js';
import type { OpsError } from '../core/ops/ops-error.js';
import { buildNotFound, refusalOfCheck } from '../core/ops/refusals.js';
import type { OrchestrationPolicy } from '../core/orchestration/orchestration-policy.js';
import type { WorkflowCheck } from '../core/orchestration/wrk-answer.js';
import { type BuildPreview, previewBuild } from '../core/request/preview-build.js';
import type { BuildRecord } from '../core/views/build-record.js';
import { explainBuild } from '../core/views/explain/explain-build.js';
import {
  type BuildCommand,
  type CommandDeps,
  type CommandResult,
  handleCommand,
} from '../handlers/handle-command.js';
import { type RequestBuildDeps, withFacts } from '../handlers/handle-request-build.js';
import { retryEach } from '../handlers/retry-each.js';
import { decodeCallCursor, decodeCursor, encodeCallCursor, encodeCursor } from '../input/cursor.js';
import { type CommandRules, checkCommand } from '../input/host-ids.js';
import { commandSchemas, readCommand } from '../input/operations.js';
import { type RequestInputDeps, readPreview } from '../input/request-build.js';
import type { PreviewInput } from '../input/request-build-input.js';
import type { BuildEvent, EventListener } from '../observability/events.js';
import type { ExplainedBuild, Operations } from '../operations.js';
import type { BuildQuery } from '../ports/build-views.js';
import type { Capabilities } from '../ports/capabilities.js';
import type { WorkflowToVerify, WrkPlatformClient } from '../ports/wrk-platform-client.js';
import type { Runtime } from '../runtime/runtime.js';
import type { WakeSignal } from '../workers/wake-signal.js';
import { requireCapability } from './capabilities.js';

/** What the operations are wired from. */
export interface OperationWiringDeps extends CommandDeps {
  readonly ready: () => Promise<void>;
  readonly capabilities: Pick<Capabilities<never>, 'buildViews'>;
  readonly request: RequestBuildDeps<never>;
  readonly rules: CommandRules;
  readonly orchestration: OrchestrationPolicy;
  readonly runtime: Pick<Runtime, 'newId'>;
  readonly wrk: Pick<WrkPlatformClient, 'verifyWorkflow'>;
  readonly input: RequestInputDeps;
  readonly emit: EventListener;
  readonly wake: WakeSignal['wake'];
}

type CommandKind = Extract<BuildEvent, { type: 'command_executed' }>['command'];

/** Connects orders with what decides them and with where builds are kept. */
export function prepareOperations(deps: OperationWiringDeps): Operations {
  const { ready, runtime, emit, wake, capabilities, orchestration, request, rules } = deps;

  const carryOut = async (
    kind: CommandKind,
    command: AuditedCommand & { readonly tenantId: string; readonly bindingId: string },
    decide: BuildCommand['decide'],
    more: Pick<BuildCommand, 'ask' | 'decideSmaller'> = {},
  ): Promise<Result<CommandResult, OpsError>> => {
    await ready();
    const { tenantId, bindingId, userId } = command;
    const carriedOut = await handleCommand(
      { tenantId, bindingId },
      {
        decide,
        ...more,
        audit: (build, refused) => refusedCommand(build, kind, command, refused),
        onUnaudited: (problem) =>
          emit({ type: 'write_refused', tenantId, write: kind, of: bindingId, problem: unaudited(problem) }),
      },
      deps,
    );
    const problem = carriedOut.match(
      ({ answer }) => answer.hostRefusal ?? null,
      (error) => (error.code === 'host_refused' ? error.message : null),
    );
    if (problem !== null) emit({ type: 'write_refused', tenantId, write: kind, of: bindingId, problem });
    return carriedOut.map(({ answer, requestId, decision }) => {
      const { automationVersionId } = answer;
      const about = { tenantId, automationVersionId, bindingId, requestId, userId };
      if (decision) {
        emit({ type: 'command_executed', command: kind, ...about });
        wake(BUILD_REQUESTS);
        wake(NOTIFICATIONS);
      }
      return answer;
    });
  };

  const find = async (operation: keyof Operations, query: BuildQuery) => {
    const { findBuilds } = requireCapability(operation, capabilities, 'buildViews');
    await ready();
    return findBuilds(query);
  };

  /** One page of builds, newest first, and where the next one begins. */
  const findPage = async (
    operation: keyof Operations,
    { cursor, limit, ...filter }: Omit<BuildQuery, 'cursor'> & { readonly cursor?: string | undefined },
  ): Promise<
    Result<{ readonly records: readonly BuildRecord[]; readonly nextCursor: string | null }, OpsError>
  > => {
    const decoded = cursor === undefined ? ok(undefined) : decodeCursor(cursor);
    if (decoded.isErr()) return err(decoded.error);
    // One more than is asked for tells whether there is another page.
    const calls = { limit: 2, findings: false };
    const found = await find(operation, { ...filter, calls, cursor: decoded.value, limit: limit + 1 });
    const records = found.slice(0, limit);
    const last = records.at(-1);
    return ok({ records, nextCursor: last && found.length > limit ? encodeCursor(last) : null });
  };

  const preview = async (of: PreviewInput): Promise<Result<BuildPreview, RequestBuildError>> => {
    const command = readPreview(of, deps.input);
    if (command.isErr()) return err(command.error);
    await ready();
    return withFacts(command.value, request, null, (facts, missing) =>
      previewBuild(facts, command.value, request.policy, missing),
    );
  };

  /** Reads a command, and gives it the id of its decision: made once, outside of every attempt. */
  const onCommand = <Schema extends z.ZodType<object>, Answer>(
    schema: Schema,
    input: z.input<Schema>,
    run: (command: z.output<Schema> & { readonly decisionId: string }) => Promise<Result<Answer, OpsError>>,
  ): ResultAsync<Answer, OpsError> =>
    new ResultAsync(
      readCommand(schema, input)
        .andThrough((command) => checkCommand(command, rules))
        .match(
          (command) => run({ ...command, decisionId: runtime.newId() }),
          async (error) => err(error),
        ),
    );

  const withRequestId = <Command extends { readonly requestId?: string | undefined }>(command: Command) => ({
    ...command,
    requestId: command.requestId ?? runtime.newId(),
  });

  return {
    previewBuild: (of) => new ResultAsync(preview(of)),

    getBuild: (which) =>
      onCommand(
        commandSchemas.get,
        which,
        async ({ tenantId, bindingId, automationVersionId, callsCursor }) => {
          const asked = bindingId === undefined ? { automationVersionId } : { bindingId };
          const before = callsCursor === undefined ? ok(undefined) : decodeCallCursor(callsCursor);
          if (before.isErr()) return err(before.error);
          const calls = { limit: MAX_CALLS + 1, before: before.value, findings: true };
          const [record] = await find('getBuild', { tenantId, limit: 1, calls, ...asked });
          return record ? ok(explained(record, MAX_CALLS)) : err(buildNotFound());
        },
      ),

    listBuilds: (which) =>
      onCommand(commandSchemas.list, which, async ({ decisionId: _decisionId, ...asked }) =>
        (await findPage('listBuilds', asked)).map(({ records, nextCursor }) => ({
          builds: records.map((record) => explained(record, 1)),
          nextCursor,
        })),
      ),

    retryBuild: (which) =>
      onCommand(commandSchemas.retry, which, (input) => {
        const command = withRequestId(input);
        return carryOut('retry', command, (build) => decideRetry(build, command, orchestration));
      }),

    retryBuilds: (which) =>
      onCommand(commandSchemas.retryMany, which, async ({ limit, cursor, ...command }) => {
        const { tenantId, errorReason } = command;
        const page = await findPage('retryBuilds', { tenantId, errorReason, limit, cursor });
        if (page.isErr()) return err(page.error);
        const { records, nextCursor } = page.value;
        const outcomes = await retryEach(
          records.map(({ binding }) => binding.id),
          (bindingId) => {
            // Each has a decision of its own: a decision is recognised by its id when its commit is asked for again.
            const own = withRequestId({ ...command, bindingId, decisionId: runtime.newId() });
            return carryOut('retry', own, (build) => decideRetryOfReason(build, own, orchestration));
          },
        );
        return ok({ ...outcomes, nextCursor });
      }),

    assignBuild: (which) =>
      onCommand(commandSchemas.assign, which, (command) =>
        carryOut('assign', command, (build) => decideAssign(build, command, orchestration)),
      ),

    adoptWorkflow: (which) =>
      onCommand(commandSchemas.adopt, which, (command) =>
        carryOut('adopt', command, (build) => decideAdopt(build, command, orchestration), {
          ask: async () => {
            const signal = new AbortController().signal;
            const check = await verifyWorkflow(deps.wrk, { ...command, signal });
            return refusalOfCheck(check, command.workflowId);
          },
        }),
      ),

    undoAdoption: (which) =>
      onCommand(commandSchemas.undoAdoption, which, (command) =>
        carryOut('undo_adoption', command, (build) =>
          decideUndoAdoption(build, command, { ...request.policy, ...orchestration }),
        ),
      ),

    cancelBuild: (which) =>
      onCommand(commandSchemas.cancel, which, (command) =>
        carryOut(
          'cancel',
          command,
          (build) => decideCancel(build, command, { ...request.policy, ...orchestration }),
          { decideSmaller: (refused, refusal) => decideCancelAfterRefusal(refused, refusal, command) },
        ),
      ),
  };
}

/** A client that cannot verify lets any id pass; one that throws has failed. */
async function verifyWorkflow(
  wrk: OperationWiringDeps['wrk'],
  { tenantId, workflowId, signal }: WorkflowToVerify,
): Promise<WorkflowCheck> {
  if (!wrk.verifyWorkflow) return { kind: 'verified' };
  try {
    return await wrk.verifyWorkflow({ tenantId, workflowId, signal });
  } catch (error) {
    return { kind: 'failed', detail: `the check threw ${errorName(error) ?? 'no error'}` };
  }
}

function unaudited(problem: unknown): string {
  const why = isRefusal(problem) ? problem.message : `It failed with ${errorName(problem) ?? 'no error'}.`;
  return `The audit entry of a refused command could not be written. ${why}`;
}

function isRefusal(problem: unknown): problem is Refusal {
  return typeof problem === 'object' && problem !== null && 'kind' in problem && problem.kind === 'refused';
}

/** Calls that are shown of one build at a time. */
const MAX_CALLS = 50;

/** The build with its newest calls, of which one more was read to tell whether there are others. */
function explained(record: BuildRecord, maxCalls: number): ExplainedBuild {
  const calls = record.calls.slice(-maxCalls);
  const [oldest] = calls;
  const nextCallsCursor = oldest && record.calls.length > maxCalls ? encodeCallCursor(oldest) : null;
  return { ...record, calls, nextCallsCursor, explanation: explainBuild(record) };
}
