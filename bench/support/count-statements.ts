import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { NodePostgresClient, NodePostgresPool } from 'wrk-builds/postgres';

/** Makes a pool whose statements are counted, with those of BEGIN and the like. */
export function countStatements(pool: Pool) {
  let statements = 0;
  const counting: NodePostgresPool = {
    options: pool.options,
    connect: async () => {
      const client: NodePostgresClient = await pool.connect();
      return new Proxy(client, {
        get: (_, property) => {
          if (property === 'query') statements += 1;
          const value: unknown = Reflect.get(client, property);
          return typeof value === 'function' ? value.bind(client) : value;
        },
      });
    },
  };
  return {
    pool: counting,
    /** Statements a second, from now on for so many milliseconds. */
    rateWithin: async (ms: number): Promise<number> => {
      statements = 0;
      await sleep(ms);
      return Number((statements / (ms / 1_000)).toFixed(2));
    },
  };
}
