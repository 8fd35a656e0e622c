import type { MemoryEngine, MemoryStorage, MemoryTx } from '../../src/adapters/memory/index.js';
import type { Builds } from '../../src/builds.js';
import { createBuildsOn } from '../../src/create-builds.js';
import { claimBuildsThroughQueue } from '../../src/handlers/claim-builds.js';
import { commitOneByOne } from '../../src/handlers/commit-one-by-one.js';
import type { BuildEvent } from '../../src/observability/events.js';
import { type OutboxStorage, outboxOn } from '../../src/outbox/outbox.js';
import type { Notifier } from '../../src/ports/notifier.js';
import { portsOf } from '../support/ports-of.js';
import type { Random } from '../torture/harness/random.js';
import { PATIENCE, peopleOf } from '../torture/harness/worker-settings.js';
import type { Choices } from './choices.js';
import type { Plan } from './plan.js';
import type { Actor, Scheduler } from './scheduler.js';
import { engineOf } from './sim-engine.js';
import { callsFrom, simulated } from './sim-ports.js';
import type { SimProcess } from './sim-process.js';
import type { SimWrk } from './sim-wrk.js';

/** What all processes of one schedule share. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly plan: Plan;
  readonly random: Random;
  readonly storage: MemoryStorage;
  readonly wrk: SimWrk;
  readonly database: Actor;
  readonly engine: { readonly actor: Actor; readonly shared: MemoryEngine };
  readonly mail: Actor;
  readonly choices: Choices;
}

/** The library as one process runs it: the real one, on ports that are round trips. */
export function libraryOf(process: SimProcess, around: Surroundings): Builds<MemoryTx> {
  const { scheduler, plan, storage, wrk, database, engine, mail, choices } = around;
  const ways = { scheduler, choices };
  const call = callsFrom(process, { ...ways, at: database, place: 'database' });
  const known = new WeakSet<object>();
  const isTx = (given: unknown) => typeof given === 'object' && given !== null && known.has(given);
  const { transaction } = storage.repository;
  const repository: MemoryStorage['repository'] = {
    ...storage.repository,
    transaction: (work) =>
      transaction((tx) => {
        known.add(tx);
        return work(tx);
      }),
  };
  const ports = Object.fromEntries(
    Object.entries({ ...portsOf(storage), repository }).map(([name, port]) => [
      name,
      simulated(name, port as object, call, isTx),
    ]),
  ) as unknown as Omit<MemoryStorage, 'outbox'>;
  const commit = commitOneByOne(storage);
  const claim = claimBuildsThroughQueue(storage);
  const fused = plan.fused && {
    fused: {
      commit: (decisions: Parameters<typeof commit>[0]) => call('commit', () => commit(decisions)),
      claimDueBuilds: (options: Parameters<typeof claim>[0]) => call('claimDueBuilds', () => claim(options)),
      insteadOf: ports,
    },
  };

  const asked = callsFrom(process, { ...ways, at: engine.actor, place: 'engine' });
  const withEngine = plan.engine
    ? outboxOn<MemoryTx, typeof ports & OutboxStorage<MemoryTx>>(
        process.runtime,
        engineOf(engine.shared, process, scheduler, asked),
        { ...ports, ...fused, outbox: simulated('outbox', storage.outbox, call, isTx) },
        { againAfterMs: 2_000, waitMs: 1_000, restMs: 1_000 },
      )
    : { ...ports, ...fused };

  const sent = callsFrom(process, { ...ways, at: mail, place: 'mail' });
  const email: Notifier = {
    deliver: (notification) =>
      sent(`mail ${notification.message.template} to ${notification.recipient.id}`, async () => ({
        status: 'delivered',
      })),
  };
  const tell = (event: BuildEvent) => scheduler.note(process.name, `tells ${told(event)}`);
  return createBuildsOn<MemoryTx>(process.runtime, {
    ...portsOf(withEngine),
    wrk: wrk.clientOf(process),
    notifiers: { email, inApp: simulated('inAppNotifier', storage.inAppNotifier, call, isTx) },
    resolveRecipients: async ({ tenantId, audience }) => peopleOf(tenantId, audience),
    orchestration: ({ automationVersionId }) =>
      around.random.for(`manual ${automationVersionId}`).chance(plan.manual) ? 'manual' : 'automatic',
    ...PATIENCE,
    onEvent: tell,
  });
}

function told(event: BuildEvent): string {
  const of = 'bindingId' in event ? ` of ${event.bindingId}` : '';
  const why = 'problem' in event ? ` (${event.problem})` : 'reason' in event ? ` (${event.reason})` : '';
  return `${event.type}${of}${why}`;
}
