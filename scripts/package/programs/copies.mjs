// Loads the library twice, as ESM and as CommonJS, and builds with every mixture of the two.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import pg from 'pg';

const require = createRequire(import.meta.url);
const { memoryStore, postgresStore, runBuilds } = require('./one-build.cjs');

const names = {
  core: 'wrk-builds',
  http: 'wrk-builds/http',
  memory: 'wrk-builds/memory',
  notify: 'wrk-builds/notify',
  secrets: 'wrk-builds/notify',
  testing: 'wrk-builds/testing',
  wrkHttp: 'wrk-builds/wrk-http',
  postgres: 'wrk-builds/postgres',
  joining: 'wrk-builds/postgres',
};
const copies = [{}, {}];
for (const [part, name] of Object.entries(names)) {
  copies[0][part] = await import(name);
  copies[1][part] = require(name);
}
if (copies[0].core.createBuilds === copies[1].core.createBuilds) throw new Error('There is only one copy.');

/** Every way to take these parts from one copy or the other; the rest is of the first. */
const mixturesOf = (parts) =>
  Array.from({ length: 2 ** parts.length }, (_, n) => ({
    ...copies[0],
    ...Object.fromEntries(parts.map((part, at) => [part, copies[(n >> at) & 1][part]])),
  }));

const inMemory = mixturesOf(['core', 'http', 'memory', 'notify', 'secrets', 'testing', 'wrkHttp']);
for (const mixture of inMemory) await runBuilds(mixture, { createServer }, memoryStore(mixture));

const onPostgres = mixturesOf(['core', 'postgres', 'joining', 'secrets']);
for (const mixture of onPostgres) {
  const store = await postgresStore(mixture, pg, process.env.DATABASE_URL);
  await runBuilds(mixture, { createServer }, store);
  await store.close();
}
console.log(`${inMemory.length} ${onPostgres.length}`);
