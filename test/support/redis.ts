import { Redis } from 'ioredis';
import { describe } from 'vitest';
import { describeWithPostgres } from './database.js';
import { redisProgram, startRedisServer } from './redis-server.js';

/** A Redis for one test file. */
export interface RedisForTests {
  readonly url: string;
  /** Removes everything in it. */
  readonly flush: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const hasRedis = process.env.REDIS_URL !== undefined || redisProgram !== undefined;

/** `describe` for tests that need Redis: skipped by name, and listed, where there is none. */
export const describeWithRedis = describe.skipIf(!hasRedis);

/** `describe` for tests that need Redis and Postgres. */
export const describeWithRedisAndPostgres = hasRedis ? describeWithPostgres : describeWithRedis;

/**
 * A Redis of a test file's own: a database of the server that `REDIS_URL` names, which is emptied, or else a server that is
 * started on a free loopback port.
 */
export const startRedis = async (): Promise<RedisForTests> => {
  const server = process.env.REDIS_URL === undefined ? await startRedisServer() : null;
  const url = new URL(server?.url ?? process.env.REDIS_URL ?? '');
  // Files that run at the same time have different numbers, and a server has 16 databases.
  if (!server) url.pathname = `/${Number(process.env.VITEST_POOL_ID ?? 0) % 16}`;
  const client = new Redis(url.href, { maxRetriesPerRequest: null });
  client.on('error', () => {});
  await client.flushdb();
  return {
    url: url.href,
    flush: async () => void (await client.flushdb()),
    stop: async () => {
      await client.quit();
      await server?.stop();
    },
  };
};
