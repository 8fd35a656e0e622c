import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { type AuditLog, type Builds, type BuildsOptions, createBuilds, type QueueName } from 'wrk-builds';
import { memoryStorage } from 'wrk-builds/memory';
import { createHostTables, migrate, pglite, postgres } from 'wrk-builds/postgres';
import type { StorageHarness } from 'wrk-builds/testing';
import {
  clearPostgres,
  postgresHost,
  postgresLibraryRows,
  type RunSql,
} from '../../contracts/support/postgres-host.js';

/** What a host chooses besides its storage. */
export type HostChoices = Omit<
  BuildsOptions<unknown>,
  'repository' | 'queue' | 'auditLog' | 'fused' | 'notifiers'
> & {
  readonly notifiers: Omit<BuildsOptions<unknown>['notifiers'], 'inApp'>;
};

/** One storage family, as a host wires it. In-app notifications go into its own table. */
export interface FlowStore extends Pick<StorageHarness<unknown>, 'host' | 'libraryRows' | 'clear' | 'close'> {
  readonly auditEntries: AuditLog<unknown>['list'];
  readonly wire: (choices: HostChoices) => Builds;
  /** How many messages wait or are in somebody's hands. */
  readonly waiting: (queue: QueueName) => Promise<number>;
}

function flowStore<Tx>(storage: Omit<StorageHarness<Tx>, 'passTime'>): FlowStore {
  const { host, libraryRows, clear, close, inAppNotifier, queue } = storage;
  return {
    host,
    libraryRows,
    clear,
    close,
    auditEntries: storage.auditLog.list,
    wire: ({ notifiers, ...choices }) =>
      createBuilds({ ...storage, ...choices, notifiers: { ...notifiers, inApp: inAppNotifier } }),
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

async function openPglite(): Promise<FlowStore> {
  const instance = await PGlite.create(IMAGE ? { loadDataDir: new Blob([await readFile(IMAGE)]) } : {});
  const run: RunSql = async (text, values = []) =>
    (await instance.query<Record<string, unknown>>(text, [...values])).rows;
  const database = pglite(instance);
  await createHostTables(database);
  await migrate(database);
  return flowStore({
    ...postgres(database),
    host: {
      ...postgresHost(run),
      lock: async () => {
        throw new Error('An embedded database runs one transaction at a time.');
      },
    },
    libraryRows: () => postgresLibraryRows(run),
    clear: () => clearPostgres(run),
    close: () => instance.close(),
  });
}

/** Both families: the memory adapter commits through the ports, Postgres with its own statements. */
export const flowStores: readonly { readonly name: string; readonly open: () => Promise<FlowStore> }[] = [
  { name: 'memory', open: openMemory },
  { name: 'Postgres', open: openPglite },
];
