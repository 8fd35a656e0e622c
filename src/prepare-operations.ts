import { err, ok, type Result, ResultAsync } from 'neverthrow';
import type * as z from 'zod';
import { placeAfter, readPlace } from './build-places.js';
import type { BuildRecord } from './core/build-record.js';
import type { OrchestrationPolicy } from './core/decide-next-step.js';
import type { BuildDecision } from './core/decision.js';
import type { RequestBuildError } from './core/errors.js';
import { explainBuild } from './core/explain/explain-build.js';
import type { BuildFacts } from './core/facts.js';
import { BUILD_REQUESTS, NOTIFICATIONS } from './core/messages.js';
import { decideAdopt } from './core/ops/decide-adopt.js';
import { decideAssign } from './core/ops/decide-assign.js';
import { decideCancel } from './core/ops/decide-cancel.js';
import { decideRetry } from './core/ops/decide-retry.js';
import type { OpsError } from './core/ops/ops-error.js';
import type { RetryOrder } from './core/ops/ops-order.js';
import { type BuildPreview, previewBuild } from './core/preview-build.js';
import { buildNotFound, handleOrder, type OrderedBuild, type OrderShell } from './handlers/handle-order.js';
import { loadForRequest, type RequestBuildShell } from './handlers/handle-request-build.js';
import type { BuildEvent, EventListener } from './observability/events.js';
import type { ExplainedBuild, Operations } from './ops.js';
import { orderSchemas, readOrder } from './ops-input.js';
import { checkOrder, type OrderRules } from './order-rules.js';
import type { BuildQuery, Repository } from './ports/repository.js';
import { type RequestShell, readRequest } from './request-build-input.js';
import type { Wakers } from './workers/wakers.js';

/** What the operations are made of. */
export interface OperationParts extends OrderShell {
  readonly ready: () => Promise<void>;
  readonly findBuilds: Repository<never>['findBuilds'];
  readonly request: RequestBuildShell;
  readonly rules: OrderRules;
  readonly orchestration: OrchestrationPolicy;
  readonly world: RequestShell & { readonly emit: EventListener; readonly wake: Wakers['wake'] };
}

type OrderKind = Extract<BuildEvent, { type: 'build_ordered' }>['order'];

/** Connects orders with what decides them and with where builds are kept. */
export function prepareOperations(parts: OperationParts): Operations {
  const { ready, world, findBuilds, orchestration, request, rules } = parts;

  const carryOut = async (
    kind: OrderKind,
    order: { readonly tenantId: string; readonly bindingId: string; readonly userId: string },
    decide: (build: BuildFacts) => Result<BuildDecision | null, OpsError>,
  ): Promise<Result<OrderedBuild, OpsError>> => {
    await ready();
    const { tenantId, bindingId, userId } = order;
    const carriedOut = await handleOrder({ tenantId, bindingId }, decide, parts);
    return carriedOut.map(({ answer, requestId, decision }) => {
      const { automationVersionId } = answer;
      const about = { tenantId, automationVersionId, bindingId, requestId, userId };
      if (decision) {
        world.emit({ type: 'build_ordered', order: kind, ...about });
        world.wake(BUILD_REQUESTS);
        world.wake(NOTIFICATIONS);
      }
      return answer;
    });
  };

  const retry = (order: RetryOrder & { readonly tenantId: string; readonly bindingId: string }) =>
    carryOut('retry', order, (build) => decideRetry(build, order, orchestration));

  const find = async (query: BuildQuery) => {
    await ready();
    return findBuilds(query);
  };

  const preview = async (
    of: Parameters<Operations['previewBuild']>[0],
  ): Promise<Result<BuildPreview, RequestBuildError>> => {
    const command = readRequest({ ...of, via: 'admin_request_build' }, world);
    if (command.isErr()) return err(command.error);
    await ready();
    const { facts, missing } = await loadForRequest(command.value, request, null);
    return ok(previewBuild(facts, command.value, request.policy, missing));
  };

  /** Reads an order, and gives it the id of its decision: made once, outside of every attempt. */
  const ordered = <Schema extends z.ZodType<object>, Answer>(
    schema: Schema,
    input: z.input<Schema>,
    run: (order: z.output<Schema> & { readonly decisionId: string }) => Promise<Result<Answer, OpsError>>,
  ): ResultAsync<Answer, OpsError> =>
    new ResultAsync(
      readOrder(schema, input)
        .andThrough((order) => checkOrder(order, rules))
        .match(
          (order) => run({ ...order, decisionId: world.newId() }),
          async (error) => err(error),
        ),
    );

  const withRequestId = <Order extends { readonly requestId?: string | undefined }>(order: Order) => ({
    ...order,
    requestId: order.requestId ?? world.newId(),
  });

  return {
    previewBuild: (of) => new ResultAsync(preview(of)),

    getBuild: (which) =>
      ordered(orderSchemas.get, which, async ({ tenantId, bindingId, automationVersionId }) => {
        const asked = bindingId === undefined ? { automationVersionId } : { bindingId };
        const [record] = await find({ tenantId, limit: 1, ...asked });
        return record ? ok(explained(record)) : err(buildNotFound());
      }),

    listBuilds: (which) =>
      ordered(orderSchemas.list, which, async ({ after, limit, decisionId: _decisionId, ...filter }) => {
        const place = after === undefined ? ok(undefined) : readPlace(after);
        if (place.isErr()) return err(place.error);
        // One more than is shown tells whether there is another page.
        const found = await find({ ...filter, after: place.value, limit: limit + 1 });
        const shown = found.slice(0, limit);
        const last = shown.at(-1);
        return ok({
          builds: shown.map(explained),
          next: last && found.length > limit ? placeAfter(last) : null,
        });
      }),

    retryBuild: (which) => ordered(orderSchemas.retry, which, (order) => retry(withRequestId(order))),

    retryBuilds: (which) =>
      ordered(orderSchemas.retryMany, which, async ({ errorReason, limit, ...order }) => {
        const records = await find({ tenantId: order.tenantId, errorReason, limit });
        const outcomes = await Promise.all(
          records.map(async ({ binding: { id: bindingId } }) => {
            const outcome = await retry(withRequestId({ ...order, bindingId, decisionId: world.newId() }));
            return outcome.mapErr((error) => ({ bindingId, error }));
          }),
        );
        return ok({
          retried: outcomes.flatMap((outcome) => (outcome.isOk() ? [outcome.value] : [])),
          refused: outcomes.flatMap((outcome) => (outcome.isErr() ? [outcome.error] : [])),
        });
      }),

    assignBuild: (which) =>
      ordered(orderSchemas.assign, which, (order) =>
        carryOut('assign', order, (build) => decideAssign(build, order, orchestration)),
      ),

    adoptWorkflow: (which) =>
      ordered(orderSchemas.adopt, which, (order) =>
        carryOut('adopt', order, (build) => decideAdopt(build, order, orchestration)),
      ),

    cancelBuild: (which) =>
      ordered(orderSchemas.cancel, which, (order) =>
        carryOut('cancel', order, (build) => decideCancel(build, order, request.policy)),
      ),
  };
}

function explained(record: BuildRecord): ExplainedBuild {
  return { ...record, explanation: explainBuild(record) };
}
