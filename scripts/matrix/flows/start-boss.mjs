import * as library from 'pg-boss';

/** Starts pg-boss. Up to 11 it is the default export, from 12 on a named one. */
export const startBoss = async (connectionString) => {
  const PgBoss = library.PgBoss ?? library.default;
  const boss = new PgBoss({ connectionString, max: 4, supervise: false, schedule: false });
  boss.on('error', () => {});
  await boss.start();
  return boss;
};
