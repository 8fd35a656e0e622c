import type * as z from 'zod';
import { flag, having, options, text } from '../../../core/input/option-kinds.js';
import { readOptions } from '../../../core/input/read-options.js';
import type { PostgresDatabase } from '../drivers/database.js';
import { hostOptions } from './host-options.js';
import type { PostgresOptions } from './tables.js';

/** The options that every function on a database takes. */
export const postgresShape = {
  schema: text('give the name of a schema as text').optional(),
  host: hostOptions.optional(),
  notify: flag().optional(),
};

const postgresOptions = options(postgresShape);

/** A database, and not the pool alone. */
export const database = having<PostgresDatabase>(
  ['query', 'transaction', 'script'],
  'give a database: nodePostgres(pool) or pglite(instance)',
);

const onDatabase = options({ database, options: postgresOptions });

/** Refuses what a function on a database cannot use, such as a pool. Throws a TypeError that lists what is wrong. */
export function checkDatabase(name: string, given: PostgresDatabase, chosen: PostgresOptions): void {
  readOptions(name, onDatabase, { database: given, options: chosen });
}

/** Refuses options that a function cannot use, beside its other arguments. Throws a TypeError that lists what is wrong. */
export function checkPostgresOptions<Shape extends z.core.$ZodLooseShape>(
  name: string,
  chosen: PostgresOptions,
  others: Shape,
  given: Readonly<Record<keyof Shape & string, unknown>>,
): void {
  readOptions(name, options({ ...others, options: postgresOptions }), { ...given, options: chosen });
}
