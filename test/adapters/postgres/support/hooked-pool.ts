import type { NodePostgresClient, NodePostgresPool } from '../../../../src/adapters/postgres/index.js';

/** What one statement answers. */
type Rows = Awaited<ReturnType<NodePostgresClient['query']>>;

/** Runs instead of each statement; `name` is empty for the transaction's own, such as BEGIN. */
export type StatementHook = (name: string, run: () => Promise<Rows>) => Promise<Rows>;

/** A pool whose every statement passes through `hook`. */
export function hookedPool(pool: NodePostgresPool, hook: StatementHook): NodePostgresPool {
  return {
    connect: async () => {
      const client = await pool.connect();
      const query: NodePostgresClient['query'] = (config) =>
        hook(config.name ?? '', () => client.query(config));
      return new Proxy(client, {
        get: (_, property) => {
          const value: unknown = property === 'query' ? query : Reflect.get(client, property);
          return typeof value === 'function' ? value.bind(client) : value;
        },
      });
    },
  };
}
