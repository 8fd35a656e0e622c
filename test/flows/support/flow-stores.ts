import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { type BlueprintPolicy, type Builds, type BuildsOptions, createBuilds } from 'wrk-builds';
import { memoryStorage } from 'wrk-builds/memory';
import type { AuditLog, Capabilities, QueueName } from 'wrk-builds/ports';
import { migrate, pglite, postgres } from 'wrk-builds/postgres';
import type { StorageHarness } from 'wrk-builds/testing/contracts';
import {
  DEFAULT_HOST,
  FOREIGN_HOST,
  type HostShape,
  TEXT_ID_HOST,
} from '../../contracts/support/host-shapes.js';
import { clearPostgres, postgresLibraryRows, type RunSql } from '../../contracts/support/postgres-host.js';
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
        ...storage,
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

/** Path to an image of an empty database, which saves most of the start; `scripts/check-flows.mjs` makes one. */
const IMAGE = process.env.FLOWS_DATABASE_IMAGE;

async function openPglite(shape: HostShape, blueprints: typeof GRAPHS | typeof STEPS): Promise<FlowStore> {
  const instance = await PGlite.create(IMAGE ? { loadDataDir: new Blob([await readFile(IMAGE)]) } : {});
  const run: RunSql = async (text, values = []) =>
    (await instance.query<Record<string, unknown>>(text, [...values])).rows;
  const database = pglite(instance);
  await shape.createTables(database);
  await migrate(database, shape.options);
  const storage = {
    ...postgres(database, shape.options),
    host: {
      ...shape.host(run),
      lock: async () => {
        throw new Error('An embedded database runs one transaction at a time.');
      },
    },
    libraryRows: () => postgresLibraryRows(run, shape.auditRows),
    clear: () => clearPostgres(run, shape.clearing),
    close: () => instance.close(),
  };
  return flowStore(storage, blueprints);
}

/** A storage family that the flows run through. */
export interface FlowFamily {
  readonly name: string;
  readonly open: () => Promise<FlowStore>;
  /** Whether a project of this host can have several versions. */
  readonly severalVersions: boolean;
}

/**
 * The memory adapter commits through the ports, Postgres with its own statements: on the default tables, on those of a
 * host of another shape whose blueprints are steps, and with ids that are text.
 */
export const flowStores: readonly FlowFamily[] = [
  { name: 'memory', open: openMemory, severalVersions: true },
  { name: 'Postgres', open: () => openPglite(DEFAULT_HOST, GRAPHS), severalVersions: true },
  { name: 'a foreign host', open: () => openPglite(FOREIGN_HOST, STEPS), severalVersions: false },
  { name: 'a host with ids of text', open: () => openPglite(TEXT_ID_HOST, GRAPHS), severalVersions: true },
];
