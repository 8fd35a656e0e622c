import { describe, expectTypeOf, it } from 'vitest';
import type * as z from 'zod';
import type { Caller, callerSchema, readCaller, SignedIn } from '../../src/adapters/http/caller.js';
import type { Builds } from '../../src/builds.js';
import type { CircuitBreakerOptions } from '../../src/core/circuit-breaker/circuit-breaker.js';
import type { RetryOptions } from '../../src/core/orchestration/retry-policy.js';
import type { BuildsOptions } from '../../src/input/builds-options.js';
import type {
  BuildWatch,
  DeadLettersInput,
  HealthOptions,
  RedriveInput,
} from '../../src/input/call-inputs.js';
import type {
  buildWatchSchema,
  deadLettersSchema,
  healthSchema,
  redriveSchema,
} from '../../src/input/call-options.js';
import type { storageExtrasShape } from '../../src/input/capability-options.js';
import type { DeliveryOptions, deliverySchema } from '../../src/input/delivery-options.js';
import type { LimitOptions, limitSchema } from '../../src/input/limit-options.js';
import type {
  AdoptInput,
  AssignInput,
  CancelInput,
  GetInput,
  ListInput,
  RetryInput,
  RetryManyInput,
} from '../../src/input/operation-inputs.js';
import type { commandSchemas } from '../../src/input/operations.js';
import type { buildsSchema, circuitBreakerSchema, retrySchema } from '../../src/input/options.js';
import type { previewSchema, requestSchema } from '../../src/input/request-build.js';
import type { PreviewInput, RequestBuildInput } from '../../src/input/request-build-input.js';
import type { RetentionOptions, retentionSchema } from '../../src/input/retention-options.js';
import type { WatchOptions, watchSchema } from '../../src/input/watch-options.js';
import type { stopSchema, workerSchema } from '../../src/input/worker-options.js';
import type { Operations } from '../../src/operations.js';
import type { OutboxOptions, outboxOptionsSchema } from '../../src/outbox/outbox.js';
import type { Capabilities } from '../../src/ports/capabilities.js';
import type { WorkerOptions, Workers } from '../../src/workers/start-workers.js';

/** Whether every choice demands the property. */
type IsDemanded<Choices, Name extends keyof Choices> = [
  Choices extends unknown ? (object extends Pick<Choices, Name> ? false : true) : never,
] extends [true]
  ? true
  : false;

type Flat<Type> = { [Name in keyof Type]: Type[Name] };

type Demanded<Choices, Name extends keyof Choices = keyof Choices> = Name extends unknown
  ? IsDemanded<Choices, Name> extends true
    ? Name
    : never
  : never;

/** Choices as one object: what some demand and others leave out may be left out. */
type OneObject<Choices> = Flat<
  { [Name in Demanded<Choices>]: Plain<Choices[Name]> } & {
    [Name in Exclude<keyof Choices, Demanded<Choices>>]?: Plain<Choices[Name]>;
  }
>;

type PlainObject<Choices> = [Choices] extends [(...given: never[]) => unknown]
  ? Choices
  : [Choices] extends [readonly (infer Item)[]]
    ? Plain<Item>[]
    : OneObject<Choices>;

/**
 * A type as zod infers it from a schema: what is read-only may be written, and of two properties of which exactly one is
 * wanted each may be left out.
 */
type Plain<Type> =
  | Exclude<Type, object>
  | ([Extract<Type, object>] extends [never] ? never : PlainObject<Extract<Type, object>>);

type Read<Schema extends z.ZodType> = Plain<z.input<Schema>>;
type Commands = typeof commandSchemas;

describe('D3: each type that is written by hand is what its schema reads:', () => {
  it('requests', () => {
    expectTypeOf<Plain<RequestBuildInput>>().toEqualTypeOf<Read<typeof requestSchema>>();
    expectTypeOf<Plain<PreviewInput>>().toEqualTypeOf<Read<typeof previewSchema>>();
  });

  it('operations', () => {
    expectTypeOf<Plain<RetryInput>>().toEqualTypeOf<Read<Commands['retry']>>();
    expectTypeOf<Plain<RetryManyInput>>().toEqualTypeOf<Read<Commands['retryMany']>>();
    expectTypeOf<Plain<AssignInput>>().toEqualTypeOf<Read<Commands['assign']>>();
    expectTypeOf<Plain<AdoptInput>>().toEqualTypeOf<Read<Commands['adopt']>>();
    expectTypeOf<Plain<Parameters<Operations['undoAdoption']>[0]>>().toEqualTypeOf<
      Read<Commands['undoAdoption']>
    >();
    expectTypeOf<Plain<CancelInput>>().toEqualTypeOf<Read<Commands['cancel']>>();
    expectTypeOf<Plain<GetInput>>().toEqualTypeOf<Read<Commands['get']>>();
    expectTypeOf<Plain<ListInput>>().toEqualTypeOf<Read<Commands['list']>>();
  });

  it('calls', () => {
    type StopOptions = NonNullable<Parameters<Workers['stop']>[0]>;
    expectTypeOf<Plain<BuildWatch>>().toEqualTypeOf<Read<typeof buildWatchSchema>>();
    expectTypeOf<Plain<HealthOptions>>().toEqualTypeOf<Read<typeof healthSchema>>();
    expectTypeOf<Plain<DeadLettersInput>>().toEqualTypeOf<Read<typeof deadLettersSchema>>();
    expectTypeOf<Plain<RedriveInput>>().toEqualTypeOf<Read<typeof redriveSchema>>();
    expectTypeOf<Plain<WorkerOptions>>().toEqualTypeOf<Read<typeof workerSchema>>();
    expectTypeOf<Plain<StopOptions>>().toEqualTypeOf<Read<typeof stopSchema>>();
  });

  it('callers over HTTP', () => {
    type Person = Extract<ReturnType<typeof readCaller>, { readonly kind: 'user' }>;
    expectTypeOf<Plain<Extract<Caller, { kind: 'user' }>>>().toEqualTypeOf<
      Plain<Extract<z.input<typeof callerSchema>, { kind: 'user' }>>
    >();
    expectTypeOf<Plain<Extract<Caller, { kind: 'api_key' }>>>().toEqualTypeOf<
      Plain<Extract<z.input<typeof callerSchema>, { kind: 'api_key' }>>
    >();
    expectTypeOf<Plain<SignedIn>>().toEqualTypeOf<Plain<Person>>();
  });

  it('options', () => {
    /** What a storage brings; its types are those of the ports. */
    type Extras = keyof typeof storageExtrasShape;
    type FromAStorage = keyof Capabilities<never> | 'repository' | 'queue' | 'auditLog' | 'fused' | Extras;
    expectTypeOf<Plain<Omit<BuildsOptions<never>, FromAStorage>>>().toEqualTypeOf<
      Plain<Omit<z.input<typeof buildsSchema>, FromAStorage>>
    >();
    type Known = Exclude<keyof z.input<typeof buildsSchema>, Extras>;
    expectTypeOf<keyof BuildsOptions<never>>().toEqualTypeOf<Known>();
    expectTypeOf<Plain<RetryOptions>>().toEqualTypeOf<Read<typeof retrySchema>>();
    expectTypeOf<Plain<CircuitBreakerOptions>>().toEqualTypeOf<Read<typeof circuitBreakerSchema>>();
    expectTypeOf<Plain<DeliveryOptions>>().toEqualTypeOf<Read<typeof deliverySchema>>();
    expectTypeOf<Plain<LimitOptions>>().toEqualTypeOf<Read<typeof limitSchema>>();
    expectTypeOf<Plain<RetentionOptions>>().toEqualTypeOf<Read<typeof retentionSchema>>();
    expectTypeOf<Plain<WatchOptions>>().toEqualTypeOf<Read<typeof watchSchema>>();
    expectTypeOf<Plain<OutboxOptions>>().toEqualTypeOf<Read<typeof outboxOptionsSchema>>();
  });
});

describe('D3: what would be refused at run time does not compile:', () => {
  const tenantId = 'acme';
  const [automationVersionId, projectId, bindingId] = ['v1', 'p1', 'b1'];
  const command = { tenantId, userId: 'ada', reason: 'WRK works again.' };

  it('a request for both or neither of version and project', () => {
    const of = { tenantId, trigger: 'auto_build' } as const;
    const requests: readonly RequestBuildInput[] = [
      { ...of, automationVersionId },
      { ...of, projectId },
      { ...of, projectId, automationVersionId: undefined },
      // @ts-expect-error It names both.
      { ...of, automationVersionId, projectId },
      // @ts-expect-error It names neither.
      of,
    ];
    const previews: readonly PreviewInput[] = [
      { tenantId, projectId },
      // @ts-expect-error It names both.
      { tenantId, automationVersionId, projectId },
      // @ts-expect-error It names neither.
      { tenantId },
    ];
    expectTypeOf(requests).toEqualTypeOf<readonly Parameters<Builds['requestBuild']>[0][]>();
    expectTypeOf(previews).toEqualTypeOf<readonly Parameters<Builds['previewBuild']>[0][]>();
  });

  it('a build that is named twice or not at all', () => {
    const builds: readonly GetInput[] = [
      { tenantId, bindingId },
      { tenantId, automationVersionId },
      // @ts-expect-error It is named twice.
      { tenantId, bindingId, automationVersionId },
      // @ts-expect-error It is not named.
      { tenantId },
    ];
    expectTypeOf(builds).toEqualTypeOf<readonly Parameters<Builds['getBuild']>[0][]>();
  });

  it('a word that is none of ours', () => {
    const lists: readonly ListInput[] = [
      { tenantId, errorReason: 'wrk_api_error', status: 'error' },
      // @ts-expect-error The reason is misspelled.
      { tenantId, errorReason: 'wrk_api_eror' },
      // @ts-expect-error The status is misspelled.
      { tenantId, status: 'eror' },
    ];
    // @ts-expect-error The reason is misspelled.
    const many: RetryManyInput = { ...command, errorReason: 'wrk_api_eror' };
    // @ts-expect-error The trigger is misspelled.
    const request: RequestBuildInput = { tenantId, projectId, trigger: 'autobuild' };
    // @ts-expect-error The orchestration is misspelled.
    const options: Pick<BuildsOptions<never>, 'orchestration'> = { orchestration: 'auto' };
    expectTypeOf({ lists, many, request, options }).toBeObject();
  });
});
