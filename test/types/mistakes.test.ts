import pg from 'pg';
import { expect, it } from 'vitest';
import { bullmq } from '../../src/adapters/bullmq/index.js';
import { expressHandler } from '../../src/adapters/express/index.js';
import { createBuildsHandler, nodeListener, openApiDocument } from '../../src/adapters/http/index.js';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { smtpNotifier } from '../../src/adapters/notify/index.js';
import {
  fromPglite,
  grantsSql,
  migrate,
  nodePostgres,
  pglite,
  postgres,
  rowLevelSecuritySql,
  verifySchema,
} from '../../src/adapters/postgres/index.js';
import { wrkHttp } from '../../src/adapters/wrk-http/index.js';
import { createBuilds } from '../../src/create-builds.js';
import { logEvents } from '../../src/observability/log-events.js';
import { outbox } from '../../src/outbox/outbox.js';
import { buildableProject, createFakeWrk, fakeWrkClient, wrkBehaviour } from '../../src/testing/index.js';
import { messageOf } from '../options/calling.js';

const pool = new pg.Pool();
const client = new pg.Client();
const database = nodePostgres(pool);
const memory = memoryStorage();
const fake = createFakeWrk();
const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
const notifiers = { email: nobody, inApp: nobody };
const byKey = { duplicates: { by: 'idempotency-key' as const } };
const wrk = fakeWrkClient(fake, byKey);
const resolveRecipients = async () => [];
const rest = { wrk, notifiers, resolveRecipients };
const all = { ...memory, ...rest };
const library = createBuilds(all);
const onPostgres = createBuilds({ ...postgres(database), ...rest });
const { repository, queue, auditLog } = memory;
const { tenantId, versionId } = buildableProject();
const request = { tenantId, automationVersionId: versionId, trigger: 'auto_build' as const };
const authenticate = () => null;
const roles = { operate_builds: ['ops_build'] };
const baseUrl = 'https://api.example.com';

// One line each, so that what is expected is the mistake and nothing beside it.
// biome-ignore format: a line that is broken hides its mistake from the directive above it
const MISTAKES: readonly (readonly [what: string, mistake: () => unknown])[] = [
  // @ts-expect-error
  ['D2: no repository', () => createBuilds({ ...rest, queue, auditLog })],
  // @ts-expect-error
  ['D2: no queue', () => createBuilds({ ...rest, repository, auditLog })],
  // @ts-expect-error
  ['D2: no WRK', () => createBuilds({ ...memory, notifiers, resolveRecipients })],
  // @ts-expect-error
  ['D2: no notifiers', () => createBuilds({ ...memory, wrk, resolveRecipients })],
  // @ts-expect-error
  ['D2: an option that does not exist', () => createBuilds({ ...all, retry: { attempts: 3 } })],
  // @ts-expect-error
  ['D2: a blueprint by name', () => createBuilds({ ...all, blueprint: 'graph' })],
  // @ts-expect-error
  ['D2: orchestration: auto', () => createBuilds({ ...all, orchestration: 'auto' })],
  // @ts-expect-error
  ['D2: postgres(pool)', () => postgres(pool)],
  // @ts-expect-error
  ['D2: migrate(pool)', () => migrate(pool)],
  // @ts-expect-error
  ['D2: the mapping without `host:`', () => postgres(database, { projects: { table: 'engagements' } })],
  // @ts-expect-error
  ['D2: a table of the mapping misspelled', () => postgres(database, { host: { projcts: { table: 'engagements' } } })],
  // @ts-expect-error
  ['D2: a column of the mapping misspelled', () => postgres(database, { host: { projects: { tenantID: 'org_id' } } })],
  // @ts-expect-error
  ['C2: a condition misspelled', () => postgres(database, { host: { tasks: { where: { deleted_at: { isNul: true } } } } })],
  // @ts-expect-error
  ['C2: no values to be one of', () => postgres(database, { host: { quotes: { where: { kind: { in: [] } } } } })],
  // @ts-expect-error
  ['C2: a reference to what no statement knows', () => postgres(database, { host: { tasks: { also: { owner: { from: 'ownerId' } } } } })],
  // @ts-expect-error
  ['C2: a due date of an id', () => postgres(database, { host: { tasks: { also: { due_at: { from: 'projectId', plusDays: 7 } } } } })],
  // @ts-expect-error
  ['C2: conditions on the audit log', () => postgres(database, { host: { auditLogs: { where: {} } } })],
  // @ts-expect-error
  ['D2: a handler without builds', () => createBuildsHandler({ authenticate, roles })],
  // @ts-expect-error
  ['D2: a right misspelled', () => createBuildsHandler({ builds: library, authenticate, roles: { ...roles, operate_build: ['ops_build'] } })],
  // @ts-expect-error
  ['D2: a role as text', () => createBuildsHandler({ builds: library, authenticate, roles: { operate_builds: 'ops_build' } })],
  // @ts-expect-error
  ['D2: an option misspelled', () => createBuildsHandler({ builds: library, authenticate, roles, allowedOrigin: [] })],
  // @ts-expect-error
  ['B5: nobody named for the ops routes', () => createBuildsHandler({ builds: library, authenticate })],
  // @ts-expect-error
  ['D2: integer ids', () => postgres(database, { host: { ids: 'integer' } })],
  // @ts-expect-error
  ['D2: a client as tx', () => onPostgres.requestBuild(request, { tx: client })],
  // @ts-expect-error
  ['D2: a pool as tx', () => onPostgres.requestBuild(request, { tx: pool })],
  // @ts-expect-error
  ['A6: a lease as text', () => library.startWorkers({ leaseMs: '60s' })],
  // @ts-expect-error
  ['A6: statuses as text', () => createBuilds({ ...all, startableStatuses: 'Ready for Build' })],
  // @ts-expect-error
  ['A6: a wait as text', () => createBuilds({ ...all, lockWaitMs: '5s' })],
  // @ts-expect-error
  ['A6: retries as text', () => createBuilds({ ...all, retry: { maxRetries: '3' } })],
  // @ts-expect-error
  ['an option one level too high', () => library.startWorkers({ builds: 4 })],
  // @ts-expect-error
  ['nodePostgres of a connection string', () => nodePostgres('postgres://db.example.com/app')],
  // @ts-expect-error
  ['nodePostgres of a client', () => nodePostgres(client)],
  // @ts-expect-error
  ['pglite of a data directory', () => pglite('./data')],
  // @ts-expect-error
  ['verifySchema(pool)', () => verifySchema(pool)],
  // @ts-expect-error
  ['grantsSql of nobody', () => grantsSql(undefined)],
  // @ts-expect-error
  ['tenant roles as text', () => rowLevelSecuritySql({ workerRole: 'worker', tenantRoles: 'app' })],
  // @ts-expect-error
  ['a blocker without its label', () => postgres(database, { host: { tasks: { blocker: { column: 'priority' } } } })],
  // @ts-expect-error
  ['a path that is text', () => postgres(database, { host: { tasks: { kind: { column: 'metadata', path: 'kind' } } } })],
  // @ts-expect-error
  ['fromPglite of a client', () => fromPglite(client)],
  // @ts-expect-error
  ['`trx` in place of `tx`', () => onPostgres.requestBuild(request, { trx: undefined })],
  // @ts-expect-error
  ['a clock that stands still', () => memoryStorage({ now: Date.now() })],
  // @ts-expect-error
  ['bullmq of nothing', () => bullmq({}, { connection: {} })],
  // @ts-expect-error
  ['outbox of a storage alone', () => outbox(memory, memory)],
  // @ts-expect-error
  ['logEvents of a function', () => logEvents(console.log)],
  // @ts-expect-error
  ['nodeListener(builds)', () => nodeListener(library)],
  // @ts-expect-error
  ['expressHandler of a function', () => expressHandler(async () => new Response())],
  // @ts-expect-error
  ['a document with an option misspelled', () => openApiDocument({ base: '/api' })],
  // @ts-expect-error
  ['no word about duplicates', () => wrkHttp({ baseUrl })],
  // @ts-expect-error
  ['a bare token', () => wrkHttp({ baseUrl, ...byKey, token: 'abc' })],
  // @ts-expect-error
  ['a mail without a transport', () => smtpNotifier({ from: 'builds@example.com' })],
  // @ts-expect-error
  ['a fake client without a fake', () => fakeWrkClient(byKey)],
  // @ts-expect-error
  ['a fake that honors keys', () => createFakeWrk({ honorsKeys: true })],
  // @ts-expect-error
  ['a behaviour that was not called', () => fake.script(wrkBehaviour.creates)],
  // @ts-expect-error
  ['a behaviour in place of a rule', () => fake.otherwise(wrkBehaviour.creates())],
];

it.each(MISTAKES)('%s: does not compile, and is refused at run time', async (_what, mistake) => {
  expect(await messageOf(mistake)).toContain(' cannot use these options:\n- ');
});
