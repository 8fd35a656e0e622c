import { buildOnPostgres } from './on-postgres.mjs';

await buildOnPostgres();
