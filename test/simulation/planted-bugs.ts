import type { MemoryStorage, MemoryTx } from '../../src/adapters/memory/index.js';
import type { Store } from '../../src/adapters/memory/store.js';
import type { BuildDecision, Verdict } from '../../src/core/build/decision.js';
import type { OutgoingMessage } from '../../src/core/build/messages.js';
import type { WrkPlatformClient } from '../../src/ports/wrk-platform-client.js';
import type { Plan, Trouble } from './plan.js';

/** A mistake that somebody could make, made on purpose: the simulation has to see it. */
export interface PlantedBug {
  readonly name: string;
  /** The storage with the mistake in it. */
  readonly storage?: (storage: MemoryStorage, store: Store) => Partial<MemoryStorage>;
  /** The client of WRK with the mistake in it. */
  readonly wrk?: (client: WrkPlatformClient) => WrkPlatformClient;
  /** Where it can show at all. */
  readonly plan?: Partial<Plan>;
  /** Whether it shows in one of ten schedules at most. */
  readonly isRare?: boolean;
}

type Save = MemoryStorage['repository']['save'];

const onSave =
  (change: (save: Save, store: Store) => Save): NonNullable<PlantedBug['storage']> =>
  ({ repository }, store) => ({ repository: { ...repository, save: change(repository.save, store) } });

/** Decisions that are written in another form. */
const writing = (change: (decision: BuildDecision, store: Store) => BuildDecision) =>
  onSave(
    (save, store) => (tx, decisions) =>
      save(
        tx,
        decisions.map((each) => change(each, store)),
      ),
  );

const guarding = (
  change: (
    guard: BuildDecision['guard'],
    decision: BuildDecision,
    store: Store,
  ) => Partial<BuildDecision['guard']>,
) =>
  writing((decision, store) => ({
    ...decision,
    guard: { ...decision.guard, ...change(decision.guard, decision, store) },
  }));

/** A verdict that is taken for another. */
const mistaking = (seen: Verdict, taken: Verdict) =>
  onSave(
    (save) => async (tx, decisions) =>
      (await save(tx, decisions)).map((each) => (each === seen ? taken : each)),
  );

const onClient =
  (change: (client: WrkPlatformClient) => Partial<WrkPlatformClient>): NonNullable<PlantedBug['wrk']> =>
  (client) => ({ ...client, ...change(client) });

const currentFence: Parameters<typeof guarding>[0] = ({ binding }, { bindingId }, store) => {
  const row = store.committed.get('bindings', bindingId)?.row;
  return typeof binding === 'object' && row ? { binding: { fence: row.fence, status: row.status } } : {};
};

const LOOKUP: Partial<Plan> = { policy: 'lookup' };
const on = (...troubles: readonly Trouble[]): Partial<Plan> => ({ on: new Set(troubles) });

export const PLANTED_BUGS: readonly PlantedBug[] = [
  { name: 'the fence is not checked at the commit', isRare: true, storage: guarding(currentFence) },
  {
    name: 'versions of one project are built at once',
    storage: guarding(({ project }, _, store) => ({
      noBuildingSibling: false,
      project: project && { ...project, row: String(store.committed.get('projects', project.id)?.version) },
    })),
  },
  {
    name: 'the lease is not asked before a call',
    isRare: true,
    wrk: onClient((client) => ({
      createWorkflow: (call) => client.createWorkflow({ ...call, mayBegin: () => true }),
    })),
    plan: { ...on('pause', 'ports'), processes: 3, portTrouble: 0.08 },
  },
  {
    name: 'leases are taken for extended that are not',
    isRare: true,
    storage: ({ repository }) => ({
      repository: { ...repository, extendLeases: async (leases) => leases.map(() => true) },
    }),
    plan: {
      ...LOOKUP,
      ...on('pause', 'late', 'wrk', 'ports'),
      processes: 3,
      projects: 6,
      faultMs: 60_000,
      leaseMs: 2_000,
    },
  },
  {
    name: 'each attempt has a key of its own',
    wrk: onClient((client) => ({
      createWorkflow: (call) =>
        client.createWorkflow({ ...call, idempotencyKey: `${call.idempotencyKey} ${call.callId}` }),
    })),
    plan: { policy: 'key' },
  },
  {
    name: 'messages are written after the commit',
    storage: ({ repository, queue }) => {
      const later = new WeakMap<object, OutgoingMessage[]>();
      return {
        queue: {
          ...queue,
          enqueue: async (tx, messages) => {
            later.set(tx, [...(later.get(tx) ?? []), ...messages]);
          },
        },
        repository: {
          ...repository,
          transaction: async (work) => {
            let mine: MemoryTx | undefined;
            const result = await repository.transaction((tx) => {
              mine = tx;
              return work(tx);
            });
            const messages = (mine && later.get(mine)) ?? [];
            // A process that ends here has lost them.
            if (result.isOk() && messages.length % 3 !== 2)
              await repository.transaction(async (tx) => {
                await queue.enqueue(tx, messages);
                return result;
              });
            return result;
          },
        },
      };
    },
  },
  {
    name: 'no audit entry is written',
    storage: ({ auditLog }) => ({ auditLog: { ...auditLog, append: async () => {} } }),
  },
  {
    name: 'messages are removed when they are handed out',
    storage: ({ queue }) => ({
      queue: {
        ...queue,
        claim: async (name, options) => {
          const messages = await queue.claim(name, options);
          await queue.acknowledge(messages);
          return messages;
        },
      },
    }),
  },
  {
    name: 'what was delivered is not recorded',
    storage: ({ deliveryRecords }) => ({ deliveryRecords: { ...deliveryRecords, save: async () => {} } }),
  },
  {
    name: 'the sweep finds nothing',
    isRare: true,
    storage: ({ sweep }) => ({
      sweep: { ...sweep, findStranded: async () => ({ builds: [], nextCursor: null }) },
    }),
  },
  {
    name: 'the settle time is ignored',
    isRare: true,
    wrk: (client) =>
      client.duplicates.by === 'lookup' ? { ...client, duplicates: { by: 'lookup', settleMs: 1 } } : client,
    plan: LOOKUP,
  },
  {
    name: 'WRK is not asked whether the workflow exists',
    wrk: onClient(() => ({ findWorkflow: async () => ({ kind: 'absent' }) })),
    plan: LOOKUP,
  },
  {
    name: 'a call without an answer counts as not sent',
    wrk: onClient((client) => ({
      createWorkflow: async (call) => {
        const answer = await client.createWorkflow(call);
        return answer.kind === 'network_failure' ? { kind: 'not_sent', detail: answer.detail } : answer;
      },
    })),
    plan: { policy: 'stop' },
  },
  {
    name: 'a server error counts as a refusal',
    isRare: true,
    wrk: onClient((client) => ({
      createWorkflow: async (call) => {
        const answer = await client.createWorkflow(call);
        return answer.kind === 'api_error'
          ? { kind: 'not_now', retryAfterMs: null, detail: answer.detail }
          : answer;
      },
    })),
    plan: { policy: 'stop' },
  },
  { name: 'busy is taken for ok', storage: mistaking('busy', 'ok') },
  { name: 'stale is taken for ok', storage: mistaking('stale', 'ok') },
  {
    name: 'a completion leaves the version as it is',
    storage: writing((decision) =>
      decision.binding?.status === 'active' ? { ...decision, automationVersionStatus: null } : decision,
    ),
  },
  {
    name: 'a build fails without telling the ops team',
    storage: ({ queue }) => ({
      queue: {
        ...queue,
        enqueue: (tx, messages) =>
          queue.enqueue(
            tx,
            messages.filter(({ key }) => !key.includes(':build_failed:')),
          ),
      },
    }),
    plan: on('wrk'),
  },
  {
    name: 'a cancelled build goes on',
    isRare: true,
    storage: writing((decision) =>
      decision.binding?.status === 'cancelled'
        ? { ...decision, binding: { ...decision.binding, status: 'pending' } }
        : decision,
    ),
    plan: on('commands', 'wrk'),
  },
];
