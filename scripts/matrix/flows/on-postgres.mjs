import { createServer } from 'node:http';
import pg from 'pg';
import { entries } from './entries.mjs';
import { postgresStore, runBuilds } from './one-build.cjs';

/**
 * Builds on Postgres. `open` may put a library of the host's over the database: it gets its URL, and gives how that begins a
 * transaction, or a storage that is built on, and how it is closed.
 */
export const buildOnPostgres = async (open = () => ({})) => {
  const store = await postgresStore(entries, pg, process.env.DATABASE_URL);
  const { close = async () => {}, ...more } = await open(store.url, store.storage);
  try {
    await runBuilds(entries, { createServer }, { ...store, ...more });
  } finally {
    await close();
    await store.close();
  }
};
