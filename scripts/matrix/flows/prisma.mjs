// What `prisma generate` writes for a schema without models: its command line needs a download, this does not.
import { readFileSync } from 'node:fs';
import { PrismaPg } from '@prisma/adapter-pg';
import { getPrismaClient } from '@prisma/client/runtime/client';
import { fromPrisma } from 'wrk-builds/postgres';
import { buildOnPostgres } from './on-postgres.mjs';

const { version } = JSON.parse(readFileSync('node_modules/@prisma/client/package.json', 'utf8'));
const compiler = '@prisma/client/runtime/query_compiler_fast_bg.postgresql';
const Client = getPrismaClient({
  previewFeatures: [],
  clientVersion: version,
  engineVersion: '0000000000000000000000000000000000000000',
  activeProvider: 'postgresql',
  inlineSchema: 'datasource db {\n  provider = "postgresql"\n}\n',
  runtimeDataModel: { models: {}, enums: {}, types: {} },
  parameterizationSchema: { strings: [], graph: 'AAAA' },
  compilerWasm: {
    getRuntime: () => import(`${compiler}.mjs`),
    getQueryCompilerWasmModule: async () =>
      new WebAssembly.Module(Buffer.from((await import(`${compiler}.wasm-base64.mjs`)).wasm, 'base64')),
    importName: './query_compiler_fast_bg.js',
  },
});

await buildOnPostgres((url) => {
  const client = new Client({ adapter: new PrismaPg({ connectionString: url, max: 1 }) });
  return {
    inTransaction: (work) => client.$transaction((tx) => work(fromPrisma(tx)), { timeout: 20_000 }),
    close: () => client.$disconnect(),
  };
});
