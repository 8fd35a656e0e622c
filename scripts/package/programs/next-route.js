// A route that builds. It reads its request, so that Next.js runs it for each one, and caches what a global `fetch` gets.
import { createServer } from 'node:http';
import pg from 'pg';
import * as core from 'wrk-builds';
import * as http from 'wrk-builds/http';
import * as memory from 'wrk-builds/memory';
import * as notify from 'wrk-builds/notify';
import * as postgres from 'wrk-builds/postgres';
import * as testing from 'wrk-builds/testing';
import * as wrkHttp from 'wrk-builds/wrk-http';
import { memoryStore, postgresStore, runBuilds } from '../../one-build.cjs';

export async function GET(request) {
  const { searchParams } = new URL(request.url);
  const secrets = globalThis.ofInstrumentation ?? notify;
  const entries = { core, http, memory, notify, postgres, secrets, testing, wrkHttp };
  const store = searchParams.has('postgres')
    ? await postgresStore(entries, pg, process.env.DATABASE_URL)
    : memoryStore(entries);
  await runBuilds(entries, { createServer }, store);
  await store.close();
  return new Response(`built ${secrets === notify ? 'with one copy' : 'with two copies'}`);
}
