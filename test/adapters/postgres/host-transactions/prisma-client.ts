import { PrismaPg } from '@prisma/adapter-pg';
import { getPrismaClient } from '@prisma/client/runtime/client';

/** The part of a generated client that needs no model. */
export interface PrismaClient {
  $connect(): Promise<void>;
  $disconnect(): Promise<void>;
  $queryRawUnsafe<Rows = unknown>(text: string, ...values: unknown[]): Promise<Rows>;
  $transaction<Done>(
    work: (tx: Omit<PrismaClient, '$connect' | '$disconnect' | '$transaction'>) => Promise<Done>,
    options?: { timeout?: number },
  ): Promise<Done>;
}

/** These two have no types. */
const COMPILER = '@prisma/client/runtime/query_compiler_fast_bg.postgresql.mjs';
const COMPILER_WASM = '@prisma/client/runtime/query_compiler_fast_bg.postgresql.wasm-base64.mjs';

/** What `prisma generate` of Prisma 7 writes for a schema without models: its command line needs a download, this does not. */
const Client = getPrismaClient({
  previewFeatures: [],
  clientVersion: '7.10.0',
  engineVersion: '0000000000000000000000000000000000000000',
  activeProvider: 'postgresql',
  inlineSchema: 'datasource db {\n  provider = "postgresql"\n}\n',
  runtimeDataModel: { models: {}, enums: {}, types: {} },
  parameterizationSchema: { strings: [], graph: 'AAAA' },
  compilerWasm: {
    getRuntime: () => import(COMPILER),
    getQueryCompilerWasmModule: async () => {
      const { wasm } = await import(COMPILER_WASM);
      const { Module } = Reflect.get(globalThis, 'WebAssembly');
      return new Module(Buffer.from(wasm, 'base64'));
    },
    importName: './query_compiler_fast_bg.js',
  },
}) as unknown as new (options: {
  readonly adapter: PrismaPg;
}) => PrismaClient;

/** A client on one connection, over the driver adapter of node-postgres. */
export const openPrisma = (connectionString: string): PrismaClient =>
  new Client({ adapter: new PrismaPg({ connectionString, max: 1 }) });
