import { type BlueprintPolicy, type Builds, type BuildsOptions, createBuilds } from 'wrk-builds';
import { memoryStorage } from 'wrk-builds/memory';
import type { AuditLog, Capabilities, QueueName } from 'wrk-builds/ports';
import type { StorageHarness } from 'wrk-builds/testing/contracts';
import {
  AGENCY_HOST,
  DEFAULT_HOST,
  FOREIGN_HOST,
  TEXT_ID_HOST,
} from '../../contracts/support/host-shapes.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { portsOf } from '../../support/ports-of.js';
import { type Blueprints, GRAPHS, STEPS } from './blueprints.js';

/** What a host chooses besides its storage. */
export type HostChoices = Omit<
  BuildsOptions<unknown>,
  'repository' | 'queue' | 'auditLog' | 'fused' | keyof Capabilities<unknown> | 'notifiers'
> & {
  readonly notifiers: Omit<BuildsOptions<unknown>['notifiers'], 'inApp'>;
};

/** One storage family, as a host wires it. In-app notifications go into its own table. */
export interface FlowStore
  extends Blueprints,
    Pick<StorageHarness<unknown>, 'host' | 'libraryRows' | 'clear' | 'close'> {
  readonly auditEntries: AuditLog<unknown>['list'];
  readonly wire: (choices: HostChoices) => Builds;
  /** How many messages wait or are in somebody's hands. */
  readonly waiting: (queue: QueueName) => Promise<number>;
}

function flowStore<Tx>(
  storage: Omit<StorageHarness<Tx>, 'passTime'>,
  { policy, ...blueprints }: Blueprints & { readonly policy?: BlueprintPolicy } = GRAPHS,
): FlowStore {
  const { host, libraryRows, clear, close, inAppNotifier, queue } = storage;
  return {
    ...blueprints,
    host,
    libraryRows,
    clear,
    close,
    auditEntries: storage.auditLog.list,
    wire: ({ notifiers, ...choices }) =>
      createBuilds({
        ...portsOf(storage),
        ...(policy ? { blueprint: policy } : {}),
        ...choices,
        notifiers: { ...notifiers, inApp: inAppNotifier },
      }),
    waiting: async (name) => {
      const { waiting, inFlight } = await queue.stats(name);
      return waiting + inFlight;
    },
  };
}

async function openMemory(): Promise<FlowStore> {
  return flowStore({ ...memoryStorage(), close: async () => {} });
}

/** A storage family that the flows run through. */
export interface FlowFamily {
  readonly name: string;
  readonly open: () => Promise<FlowStore>;
  /** Whether it is a database on a server, without which its tests are skipped by name. */
  readonly onServer: boolean;
  /** Whether a project of this host can have several versions. */
  readonly severalVersions: boolean;
}

/**
 * The memory adapter commits through the ports, Postgres with its own statements: on the default tables, on those of a
 * host of another shape whose blueprints are steps, on those of an agency that deletes softly and hangs tasks on versions,
 * and with ids that are text.
 */
export const flowStores: readonly FlowFamily[] = [
  { name: 'memory', open: openMemory, onServer: false, severalVersions: true },
  {
    name: 'Postgres',
    open: async () => flowStore(await openPostgres({ shape: DEFAULT_HOST })),
    onServer: true,
    severalVersions: true,
  },
  {
    name: 'a foreign host',
    open: async () => flowStore(await openPostgres({ shape: FOREIGN_HOST }), STEPS),
    onServer: true,
    severalVersions: false,
  },
  {
    name: 'an agency',
    open: async () => flowStore(await openPostgres({ shape: AGENCY_HOST })),
    onServer: true,
    severalVersions: true,
  },
  {
    name: 'a host with ids of text',
    open: async () => flowStore(await openPostgres({ shape: TEXT_ID_HOST })),
    onServer: true,
    severalVersions: true,
  },
];
