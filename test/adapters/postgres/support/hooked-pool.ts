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
      return {
        query: (config) => hook(config.name ?? '', () => client.query(config)),
        release: (destroy) => client.release(destroy),
        on: (event, listener) => client.on?.(event, listener),
        off: (event, listener) => client.off?.(event, listener),
      };
    },
  };
}
