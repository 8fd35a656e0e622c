// What a bundler makes one file of: the library and a host that builds with it, in memory and on Postgres.
import { createServer } from 'node:http';
import pg from 'pg';
import * as core from 'wrk-builds';
import * as http from 'wrk-builds/http';
import * as memory from 'wrk-builds/memory';
import * as notify from 'wrk-builds/notify';
import * as postgres from 'wrk-builds/postgres';
import * as testing from 'wrk-builds/testing';
import * as wrkHttp from 'wrk-builds/wrk-http';
import { memoryStore, postgresStore, runBuilds } from './one-build.cjs';

const entries = { core, http, memory, notify, postgres, testing, wrkHttp };

const main = async () => {
  await runBuilds(entries, { createServer }, memoryStore(entries));
  const store = await postgresStore(entries, pg, process.env.DATABASE_URL);
  await runBuilds(entries, { createServer }, store);
  await store.close();
  console.log('built');
};
main().catch((problem) => {
  console.error(problem);
  process.exitCode = 1;
});
