import { Redis } from 'ioredis';
import type { Random } from '../random.js';
import type { Sandbox } from '../sandbox.js';

const withRedis = async ({ redis }: Sandbox, run: (client: Redis) => Promise<string>): Promise<string> => {
  const client = new Redis(redis?.url ?? '', { maxRetriesPerRequest: 1 });
  client.on('error', () => {});
  try {
    return await run(client);
  } finally {
    client.disconnect();
  }
};

/** What happens to the database and to Redis. */
export const serverFaults = {
  terminate_backends: async ({ pool }: Sandbox, random: Random) => {
    const share = random.pick([0.3, 1]);
    const { rowCount } = await pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and random() < $1`,
      [share],
    );
    return `${rowCount}`;
  },
  restart_postgres: async ({ server }: Sandbox) => {
    await server.restart();
    return '';
  },
  restart_redis: async ({ redis }: Sandbox) => {
    await redis?.restart();
    return '';
  },
  flush_redis: async (sandbox: Sandbox) => withRedis(sandbox, (client) => client.flushall()),
  /** A list, a set or a job, as an eviction or a slip of a hand would. */
  drop_redis_keys: async (sandbox: Sandbox, random: Random) =>
    withRedis(sandbox, async (client) => {
      const keys = (await client.keys('*')).sort();
      if (keys.length === 0) return 'there is none';
      const dropped = Array.from({ length: random.between(1, 4) }, () => random.pick(keys));
      await client.del(...dropped);
      return dropped.join(' ');
    }),
};
