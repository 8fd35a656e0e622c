import { err, type Result, ResultAsync } from 'neverthrow';
import type { Builds, RequestBuildOptions } from '../builds.js';
import type { RequestBuildError } from '../core/build/errors.js';
import type { RequestAnswer } from '../core/build/facts.js';
import { BUILD_REQUESTS, NOTIFICATIONS } from '../core/build/messages.js';
import type { Storage } from '../handlers/commit-one-by-one.js';
import { handleRequestBuild, type RequestBuildDeps } from '../handlers/handle-request-build.js';
import { requestInTransaction } from '../handlers/request-in-transaction.js';
import { checkTxOptions } from '../input/call-options.js';
import { type RequestInputDeps, readRequest } from '../input/request-build.js';
import type { RequestBuildInput } from '../input/request-build-input.js';
import type { EventListener } from '../observability/events.js';
import type { Capabilities } from '../ports/capabilities.js';
import type { Runtime } from '../runtime/runtime.js';
import type { WakeSignal } from '../workers/wake-signal.js';
import { requireCapability } from './capabilities.js';

/** What requests for builds are wired from. */
export interface RequestWiringDeps<Tx> {
  readonly ready: () => Promise<void>;
  readonly request: RequestBuildDeps<Tx>;
  readonly storage: Storage<Tx>;
  readonly capabilities: Capabilities<Tx>;
  readonly runtime: Pick<Runtime, 'monotonicMs'>;
  readonly input: RequestInputDeps;
  readonly emit: EventListener;
  readonly wake: WakeSignal['wake'];
}

/** Connects a request with what reads and handles it, in a transaction of its own or in the host's, and with who is told. */
export function prepareRequest<Tx>({
  ready,
  request,
  storage,
  capabilities,
  runtime,
  input: inputDeps,
  emit,
  wake,
}: RequestWiringDeps<Tx>): Pick<Builds<Tx>, 'requestBuild'> {
  const hostTransactions = () =>
    requireCapability('requestBuild with { tx }', capabilities, 'hostTransactions');

  const requestBuild = async (
    input: RequestBuildInput,
    options: RequestBuildOptions<Tx>,
  ): Promise<Result<RequestAnswer, RequestBuildError>> => {
    checkTxOptions('requestBuild', options);
    const { tx } = options;
    const startedAt = runtime.monotonicMs();
    const command = readRequest(input, inputDeps);
    if (command.isErr()) return err(command.error);
    await ready();
    const { tenantId, requestId, trigger, userId, target } = command.value;
    const joined = tx !== undefined;
    const outcome = joined
      ? await requestInTransaction(tx, command.value, request, storage, hostTransactions())
      : await handleRequestBuild(command.value, request);
    const about = { tenantId, requestId, trigger, userId, durationMs: runtime.monotonicMs() - startedAt };
    if (outcome.isErr()) {
      const named = 'projectId' in target ? target.projectId : target.automationVersionId;
      const { error } = outcome;
      emit({ type: 'request_refused', ...about, target: named, code: error.code });
      if (error.code === 'host_refused')
        emit({ type: 'write_refused', tenantId, write: 'request', of: named, problem: error.message });
    } else {
      const { answer, kind } = outcome.value;
      emit({ type: 'request_accepted', ...about, ...answer, replayed: kind === 'replayed', joined });
      if (kind === 'accepted' && !joined) {
        wake(BUILD_REQUESTS);
        wake(NOTIFICATIONS);
      }
    }
    return outcome.map(({ answer }) => answer);
  };

  return { requestBuild: (input, options = {}) => new ResultAsync(requestBuild(input, options)) };
}
