import pg from 'pg';
import { migrate, nodePostgres } from '../../../src/adapters/postgres/index.js';
import { createPrepared, type TestDatabase } from '../../support/database.js';
import type { HostShape } from './host-shapes.js';

/** A database with the tables of a host and of the library. */
export const createHostDatabase = (shape: HostShape): Promise<TestDatabase> =>
  createPrepared(shape, async (url) => {
    const pool = new pg.Pool({ connectionString: url });
    await shape.createTables(nodePostgres(pool));
    await migrate(nodePostgres(pool), shape.options);
    await pool.end();
  });
