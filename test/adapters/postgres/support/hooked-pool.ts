import type { NodePostgresClient, NodePostgresPool } from '../../../../src/adapters/postgres/index.js';

/** What one statement answers. */
type Rows = Awaited<ReturnType<NodePostgresClient['query']>>;

/**
 * Runs instead of each statement. `name` is empty for what is never prepared: the transaction's own, such as BEGIN,
 * and what is planned at each run, such as a claim; those are known by their `text`.
 */
export type StatementHook = (name: string, run: () => Promise<Rows>, text: string) => Promise<Rows>;

/**
 * A statement's name as the adapter knows it. In a process that has met other tables, a driver counts on: `…_2` is the
 * same statement for these.
 */
export const plainName = (name = ''): string => name.replace(/_\d+$/, '');

/** A pool whose every statement passes through `hook`. */
export function hookedPool(pool: NodePostgresPool, hook: StatementHook): NodePostgresPool {
  return {
    connect: async () => {
      const client = await pool.connect();
      const query: NodePostgresClient['query'] = (config) =>
        hook(plainName(config.name), () => client.query(config), config.text);
      return new Proxy(client, {
        get: (_, property) => {
          const value: unknown = property === 'query' ? query : Reflect.get(client, property);
          return typeof value === 'function' ? value.bind(client) : value;
        },
      });
    },
  };
}
