import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { bullmq } from '../../src/adapters/bullmq/index.js';
import { expressHandler } from '../../src/adapters/express/index.js';
import { createBuildsHandler, nodeListener, openApiDocument } from '../../src/adapters/http/index.js';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import {
  fanOut,
  notificationWriter,
  secret,
  slackNotifier,
  smtpNotifier,
  webhookNotifier,
} from '../../src/adapters/notify/index.js';
import { pgBoss } from '../../src/adapters/pg-boss/index.js';
import {
  createHostTables,
  fromDrizzle,
  fromKnex,
  fromKysely,
  fromPg,
  fromPglite,
  fromPostgresJs,
  fromPrisma,
  grantsSql,
  migrate,
  migrationSql,
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
import {
  buildableProject,
  createFakeWrk,
  fakeWrkClient,
  startFakeWrkServer,
  wrkBehaviour,
} from '../../src/testing/index.js';
import { fakeWrkHandlers } from '../../src/testing/msw/index.js';
import { calling, messageOf, said } from './calling.js';

const FROM_A_STORAGE = 'spread a storage into the options: postgres(…) or memoryStorage()';
const DATABASE = 'give a database: nodePostgres(pool) or pglite(instance)';
const A_POOL = 'give a Pool of node-postgres: new pg.Pool({ … })';
const BASE_URL =
  "give an absolute http or https URL without credentials, query or fragment, such as 'https://api.example.com'";
const DAY = 'give a whole number of milliseconds from 1 to 86400000';

// Neither connects before it is asked to.
const pool = new pg.Pool();
const client = new pg.Client();
const sqlOfPostgresJs = Object.assign(() => {}, { unsafe: () => {}, begin: () => {} });
const database = nodePostgres(pool);
const memory = memoryStorage();
const fake = createFakeWrk();
const wrk = fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } });
const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
const rest = { wrk, notifiers: { email: nobody, inApp: nobody }, resolveRecipients: async () => [] };
const library = createBuilds({ ...memory, ...rest });
const onPostgres = createBuilds({ ...postgres(database), ...rest });
const request = { tenantId: 'a', automationVersionId: 'b', trigger: 'auto_build' };
const { versionId: uuid } = buildableProject();

const wiring = (wrong: object) => calling(createBuilds, { ...memory, ...rest, ...wrong });
const serving = (wrong: object) =>
  calling(createBuildsHandler, {
    builds: library,
    authenticate: () => null,
    roles: { operate_builds: ['ops_build'] },
    ...wrong,
  });
const reaching = (wrong: object) =>
  calling(wrkHttp, { baseUrl: 'https://api.example.com', duplicates: { by: 'idempotency-key' }, ...wrong });
const mapping = (host: unknown) => calling(postgres, database, { host });
const requestingIn = (tx: unknown) =>
  calling(onPostgres.requestBuild, { ...request, tenantId: uuid, automationVersionId: uuid }, { tx });

/** What was done, and the whole of what is said about it. */
type Mistake = readonly [what: string, mistake: () => unknown, name: string, line: string];

/** The mistakes that a new user made, in the order of the list. */
const OF_A_NEW_USER: readonly Mistake[] = [
  [
    'the storage is forgotten',
    calling(createBuilds, rest),
    'createBuilds',
    ['repository', 'queue', 'auditLog'].map((port) => `${port}: is missing: ${FROM_A_STORAGE}`).join('\n- '),
  ],
  [
    'no repository',
    wiring({ repository: undefined }),
    'createBuilds',
    `repository: is missing: ${FROM_A_STORAGE}`,
  ],
  ['no queue', wiring({ queue: undefined }), 'createBuilds', `queue: is missing: ${FROM_A_STORAGE}`],
  [
    'no WRK',
    wiring({ wrk: undefined }),
    'createBuilds',
    'wrk: is missing: give a client of WRK: wrkHttp(…) makes one, fakeWrkClient(…) one for tests',
  ],
  [
    'no notifiers',
    wiring({ notifiers: undefined }),
    'createBuilds',
    'notifiers: is missing: give an object of email, inApp, slack',
  ],
  [
    'an option that does not exist',
    wiring({ retry: { attempts: 3 } }),
    'createBuilds',
    'retry.attempts: is not an option: give one of maxRetries, initialDelayMs, jitter, maxRetryAfterMs, maxInterruptions',
  ],
  [
    'a blueprint by name',
    wiring({ blueprint: 'graph' }),
    'createBuilds',
    'blueprint: is a string: give graphBlueprint, stepsBlueprint or a function of your own',
  ],
  [
    'orchestration: auto',
    wiring({ orchestration: 'auto' }),
    'createBuilds',
    "orchestration: cannot be used: give 'automatic', 'manual', or a function that chooses one of them for a build",
  ],
  [
    'postgres(pool)',
    calling(postgres, pool),
    'postgres',
    `database: has no transaction, script: ${DATABASE}`,
  ],
  ['migrate(pool)', calling(migrate, pool), 'migrate', `database: has no transaction, script: ${DATABASE}`],
  [
    'the mapping without `host:`',
    calling(postgres, database, { projects: { table: 'engagements' } }),
    'postgres',
    'options.projects: is not an option: did you mean “host.projects”?',
  ],
  [
    'a table of the mapping misspelled',
    mapping({ projcts: { table: 'engagements' } }),
    'postgres',
    'options.host.projcts: is not an option: did you mean “projects”?',
  ],
  [
    'a column of the mapping misspelled',
    mapping({ projects: { tenantID: 'org_id' } }),
    'postgres',
    'options.host.projects.tenantID: is not an option: did you mean “tenantId”?',
  ],
  [
    'a key of a status column misspelled',
    mapping({ projects: { status: { column: 'state', lables: {} } } }),
    'postgres',
    'options.host.projects.status.lables: is not an option: did you mean “labels”?',
  ],
  [
    'a handler without builds',
    serving({ builds: undefined }),
    'createBuildsHandler',
    'builds: is missing: give what createBuilds returned',
  ],
  [
    'a right misspelled',
    serving({ roles: { operate_builds: ['ops_build'], operate_build: ['ops_build'] } }),
    'createBuildsHandler',
    'roles.operate_build: is not an option: did you mean “operate_builds”?',
  ],
  [
    'a role as text',
    serving({ roles: { operate_builds: 'ops_build' } }),
    'createBuildsHandler',
    "roles.operate_builds: is a string: name the roles of your ops team, like { operate_builds: ['ops_build'] }: there is no default",
  ],
  [
    'an option of the handler misspelled',
    serving({ allowedOrigin: ['https://app.example.com'] }),
    'createBuildsHandler',
    'allowedOrigin: is not an option: did you mean “allowedOrigins”?',
  ],
  [
    'an option of createBuilds misspelled',
    wiring({ onEvents: () => {} }),
    'createBuilds',
    'onEvents: is not an option: did you mean “onEvent”?',
  ],
  [
    'a base URL that ends in /wrk-api',
    reaching({ baseUrl: 'https://api.example.com/wrk-api/' }),
    'wrkHttp',
    'baseUrl: ends in /wrk-api, which every call adds by itself: leave it out',
  ],
  [
    'integer ids',
    mapping({ ids: 'integer' }),
    'postgres',
    "options.host.ids: cannot be used: give 'uuid' or 'text', the type of all your ids; integer ids cannot be used",
  ],
  [
    'a client as tx',
    requestingIn(client),
    'A call with { tx }',
    'tx: is a client of node-postgres: give fromPg(client)',
  ],
  [
    'a pool as tx',
    requestingIn(pool),
    'A call with { tx }',
    'tx: is a pool of node-postgres: give fromPg(client), with the client that `begin` ran on',
  ],
];

/** Numbers that are none, and their kind. */
const NUMBERS: readonly Mistake[] = [
  [
    'retries without a number',
    wiring({ retry: { maxRetries: Number.NaN } }),
    'createBuilds',
    'retry.maxRetries: is NaN: give a whole number of retries from 0 to 1000',
  ],
  [
    'a first delay without a number',
    wiring({ retry: { initialDelayMs: Number.NaN } }),
    'createBuilds',
    'retry.initialDelayMs: is NaN: give a whole number of milliseconds from 0 to 86400000',
  ],
  [
    'a delay of a month',
    wiring({ retry: { initialDelayMs: 31 * 86_400_000 } }),
    'createBuilds',
    'retry.initialDelayMs: is too large: give a whole number of milliseconds from 0 to 86400000',
  ],
  [
    'fewer builds than none',
    calling(library.startWorkers, { concurrency: { builds: -1 } }),
    'startWorkers',
    'concurrency.builds: is too small: give a whole number of builds from 0 to 10000',
  ],
  [
    'a lease as text',
    calling(library.startWorkers, { leaseMs: '60s' }),
    'startWorkers',
    `leaseMs: is a string: ${DAY}`,
  ],
  [
    'statuses as text',
    wiring({ startableStatuses: 'Ready for Build' }),
    'createBuilds',
    'startableStatuses: is a string: give a list of statuses',
  ],
  [
    'a wait without an end',
    wiring({ lockWaitMs: Number.POSITIVE_INFINITY }),
    'createBuilds',
    `lockWaitMs: is Infinity: ${DAY}`,
  ],
  [
    'a body of 64 GiB',
    reaching({ maxBodyBytes: 64 * 1024 ** 3 }),
    'wrkHttp',
    'maxBodyBytes: is too large: give a whole number of bytes from 1024 to 67108864',
  ],
  [
    'a statement without a deadline',
    calling(nodePostgres, pool, { statementMs: 0 }),
    'nodePostgres',
    `options.statementMs: is too small: ${DAY}`,
  ],
  [
    'an engine that is never waited for',
    calling(outbox, { add: () => {}, receive: () => {}, close: () => {} }, memory, { waitMs: '2s' }),
    'outbox',
    `options.waitMs: is a string: ${DAY}`,
  ],
];

/** What else is easily done. */
const OTHERS: readonly Mistake[] = [
  [
    'an option one level too high',
    wiring({ maxRetries: 3 }),
    'createBuilds',
    'maxRetries: is not an option: did you mean “retry.maxRetries”?',
  ],
  [
    'the mapping given to createBuilds',
    wiring({ host: { projects: { table: 'engagements' } } }),
    'createBuilds',
    'host: has no insert, read: give the mapping of your tables to the storage: postgres(database, { host })',
  ],
  [
    'nodePostgres of a client',
    calling(nodePostgres, client),
    'nodePostgres',
    `pool: is a client, which is one connection: ${A_POOL}`,
  ],
  [
    'nodePostgres of postgres.js',
    calling(nodePostgres, () => {}),
    'nodePostgres',
    `pool: has no connect: ${A_POOL}`,
  ],
  [
    'nodePostgres of a connection string',
    calling(nodePostgres, 'postgres://user:hunter2@db.example.com/app'),
    'nodePostgres',
    `pool: is a string: ${A_POOL}`,
  ],
  [
    'pglite of a data directory',
    calling(pglite, './data'),
    'pglite',
    'instance: is a string: give an instance of PGlite: new PGlite()',
  ],
  [
    'verifySchema(pool)',
    calling(verifySchema, pool),
    'verifySchema',
    `database: has no transaction, script: ${DATABASE}`,
  ],
  [
    'createHostTables of a storage',
    calling(createHostTables, memory),
    'createHostTables',
    `database: has no query, transaction, script: ${DATABASE}`,
  ],
  [
    'migrationSql of a database',
    calling(migrationSql, { scema: 'builds' }),
    'migrationSql',
    'options.scema: is not an option: did you mean “schema”?',
  ],
  [
    'grantsSql of nobody',
    calling(grantsSql, ''),
    'grantsSql',
    'role: is too short: give the name of a role as text',
  ],
  [
    'a setting that Postgres refuses',
    calling(rowLevelSecuritySql, { workerRole: 'worker', tenantRoles: ['app'], setting: 'tenant_id' }),
    'rowLevelSecuritySql',
    "security.setting: cannot be used: give a name with a dot, as Postgres wants it: 'app.tenant_id'",
  ],
  [
    'a word of the flows misspelled',
    mapping({
      projects: { status: { column: 'state', labels: { 'Build In Progress': 'BuildInProgress' } } },
    }),
    'postgres',
    'options.host.projects.status.labels.Build In Progress: is not a status of the flows: did you mean “Build in Progress”?',
  ],
  [
    'a blocker without its label',
    mapping({ tasks: { blocker: { column: 'priority' } } }),
    'postgres',
    'options.host.tasks.blocker.equals: is missing: give the label of a blocker as text',
  ],
  [
    'a path that is text',
    mapping({ tasks: { kind: { column: 'metadata', path: 'kind' } } }),
    'postgres',
    "options.host.tasks.kind.path: is a string: give the path as a list: ['kind']",
  ],
  [
    'a column that is a number',
    mapping({ tasks: { kind: 7 } }),
    'postgres',
    'options.host.tasks.kind: is a number: give the name of a column, or { column, path } for a value in its JSON',
  ],
  [
    'C2: a condition misspelled',
    mapping({ tasks: { where: { deleted_at: { isNul: true } } } }),
    'postgres',
    'options.host.tasks.where.deleted_at.isNul: is not an option: did you mean “isNull”?\n- options.host.tasks.where.deleted_at: has no condition: give exactly one of { equals: value }, { in: [value, value] } and { isNull: true }',
  ],
  [
    'C2: two conditions on a column',
    mapping({ quotes: { where: { price: { equals: 1, isNull: false } } } }),
    'postgres',
    'options.host.quotes.where.price: has several conditions: give exactly one of { equals: value }, { in: [value, value] } and { isNull: true }',
  ],
  [
    'C2: a condition that is SQL',
    mapping({ quotes: { where: 'deleted_at is null' } }),
    'postgres',
    'options.host.quotes.where: is a string: give conditions by the names of their columns: { deleted_at: { isNull: true } }',
  ],
  [
    'C2: a value that nothing can equal',
    mapping({ quotes: { where: { price: { equals: null } } } }),
    'postgres',
    'options.host.quotes.where.price.equals: is null: give a text, a number, true or false',
  ],
  [
    'C2: a list of no values',
    mapping({ quotes: { where: { kind: { in: [] } } } }),
    'postgres',
    'options.host.quotes.where.kind.in: is too short: give at least one value',
  ],
  [
    'C2: conditions on the audit log, which is not read',
    mapping({ auditLogs: { where: {} } }),
    'postgres',
    'options.host.auditLogs.where: is not an option: give one of table, schema, id, tenantId, idFrom, userId, actionType, resourceType, resourceId, metadata, createdAt, also',
  ],
  [
    'C2: a reference to what no statement knows',
    mapping({ tasks: { also: { owner: { from: 'ownerId' } } } }),
    'postgres',
    "options.host.tasks.also.owner.from: cannot be used: give 'tenantId', 'projectId', 'automationVersionId', 'automationId', 'requestedBy', 'slug', 'category', 'title' or 'now'",
  ],
  [
    'C2: a due date of an id',
    mapping({ tasks: { also: { due_at: { from: 'projectId', plusDays: 7 } } } }),
    'postgres',
    "options.host.tasks.also.due_at.plusDays: does not go with projectId: leave it out, or give from: 'now'",
  ],
  [
    'C2: somebody else for a title',
    mapping({ tasks: { also: { name: { from: 'title', otherwise: 'x' } } } }),
    'postgres',
    "options.host.tasks.also.name.otherwise: does not go with title: leave it out, or give from: 'requestedBy'",
  ],
  [
    'C2: a further column of tasks that is none',
    mapping({ tasks: { also: { status: 'open' } } }),
    'postgres',
    'options.host.tasks.also.status: is written already: leave it out, or map another column',
  ],
  [
    'C2: a further column of the audit log that is none',
    mapping({ auditLogs: { also: { created_at: '2031-01-01' } } }),
    'postgres',
    'options.host.auditLogs.also.created_at: is written already: leave it out, or map another column',
  ],
  [
    'C1: tasks that name neither project nor version',
    mapping({ tasks: { project: null } }),
    'postgres',
    'options.host.tasks.project: is null: give the column of the project here, or that of the version as `automationVersion`',
  ],
  [
    'fromPg(pool)',
    calling(fromPg, pool),
    'fromPg',
    'client: is a pool, which uses another connection for each statement: give the client that `begin` ran on: await pool.connect()',
  ],
  [
    'fromDrizzle(db)',
    calling(fromDrizzle, { select: () => {}, transaction: () => {} }),
    'fromDrizzle',
    'tx: has no rollback: give the tx of db.transaction(async (tx) => …)',
  ],
  [
    'fromKysely(db)',
    calling(fromKysely, { withoutPlugins: () => {}, isTransaction: false }),
    'fromKysely',
    'trx: is not a transaction: give the trx of db.transaction().execute(async (trx) => …)',
  ],
  [
    'fromPglite(instance)',
    calling(fromPglite, { query: () => {}, transaction: () => {}, exec: () => {} }),
    'fromPglite',
    'tx: has no rollback: give the tx of instance.transaction(async (tx) => …)',
  ],
  [
    'D7 fromKnex(knex)',
    calling(fromKnex, { raw: () => {}, isTransaction: false }),
    'fromKnex',
    'trx: is not a transaction: give the trx of knex.transaction(async (trx) => …)',
  ],
  [
    'D7 fromPostgresJs(sql)',
    calling(fromPostgresJs, sqlOfPostgresJs),
    'fromPostgresJs',
    'tx: has no savepoint: give the tx of sql.begin(async (tx) => …)',
  ],
  [
    'D7 fromPrisma(prisma)',
    calling(fromPrisma, { $queryRawUnsafe: () => {}, $connect: () => {} }),
    'fromPrisma',
    'tx: is not a transaction: give the tx of prisma.$transaction(async (tx) => …)',
  ],
  [
    'D7 nodePostgres(sql)',
    calling(nodePostgres, sqlOfPostgresJs),
    'nodePostgres',
    'pool: is an sql of postgres.js: the library needs a pool of node-postgres beside it, which may be small: new pg.Pool({ … }); a transaction of postgres.js can be joined all the same: fromPostgresJs(tx)',
  ],
  [
    'D7 a transaction of Knex as tx',
    requestingIn(Object.assign(() => {}, { isTransaction: true, raw: () => {}, savepoint: () => {} })),
    'A call with { tx }',
    'tx: is a transaction of Knex: give fromKnex(trx)',
  ],
  [
    'D7 a transaction of postgres.js as tx',
    requestingIn(Object.assign(() => {}, { unsafe: () => {}, savepoint: () => {} })),
    'A call with { tx }',
    'tx: is a transaction of postgres.js: give fromPostgresJs(tx)',
  ],
  [
    'D7 a transaction of Prisma as tx',
    requestingIn({ $queryRawUnsafe: () => {} }),
    'A call with { tx }',
    'tx: is a transaction of Prisma: give fromPrisma(tx)',
  ],
  [
    'a transaction of Kysely as tx',
    requestingIn({ isTransaction: true, withoutPlugins: () => {} }),
    'A call with { tx }',
    'tx: is a transaction of Kysely: give fromKysely(trx)',
  ],
  [
    'a transaction of Drizzle as tx',
    requestingIn({ select: () => {}, rollback: () => {} }),
    'A call with { tx }',
    'tx: is a transaction of Drizzle: give fromDrizzle(tx)',
  ],
  [
    'a transaction of PGlite as tx',
    requestingIn({ query: () => {}, rollback: () => {} }),
    'A call with { tx }',
    'tx: is a transaction of PGlite: give fromPglite(tx)',
  ],
  [
    'null as tx',
    requestingIn(null),
    'A call with { tx }',
    'tx: is null: give fromPg(client), fromDrizzle(tx), fromKysely(trx), fromKnex(trx), fromPrisma(tx), fromPostgresJs(tx) or fromPglite(tx)',
  ],
  [
    'a client as tx of memory',
    calling(library.requestBuild, request, { tx: client }),
    'A call with { tx }',
    'tx: is not a transaction of memory: give the tx that repository.transaction passes on',
  ],
  [
    '`trx` in place of `tx`',
    calling(library.requestBuild, request, { trx: client }),
    'requestBuild',
    'trx: is not an option: did you mean “tx”?',
  ],
  [
    'a project by its number',
    calling(library.recordChecklistChange, { tenantId: 'a', projectId: 7 }),
    'recordChecklistChange',
    'projectId: is a number: give the id of a project',
  ],
  [
    'a clock that stands still',
    calling(memoryStorage, { now: Date.now() }),
    'memoryStorage',
    'now: is a number: give a function',
  ],
  [
    'bullmq of a queue',
    calling(bullmq, { queue: 'builds' }, { connection: {} }),
    'bullmq',
    'classes: has no Queue, Worker: give the classes of your BullMQ: { Queue, Worker, QueueEvents }',
  ],
  [
    'bullmq of a URL',
    calling(bullmq, { Queue: class {}, Worker: class {} }, { connection: 'redis://:hunter2@redis' }),
    'bullmq',
    'options.connection: is a string: give an ioredis instance, or ioredis options',
  ],
  [
    'a connection that BullMQ refuses',
    calling(
      bullmq,
      { Queue: class {}, Worker: class {} },
      { connection: { options: { maxRetriesPerRequest: 20 } } },
    ),
    'bullmq',
    'options.connection: gives up on commands, which BullMQ refuses: make it with maxRetriesPerRequest: null',
  ],
  [
    'pgBoss of the class',
    calling(pgBoss, class PgBoss {}),
    'pgBoss',
    'boss: has no getQueue, createQueue, insert, send, fetch, deleteJob: give an instance of pg-boss that is started: new PgBoss(…)',
  ],
  [
    'outbox of an engine alone',
    calling(outbox, { add: () => {}, receive: () => {}, close: () => {} }),
    'outbox',
    'storage: is missing: give a storage: postgres(…) or memoryStorage()',
  ],
  [
    'logEvents(pino)',
    calling(logEvents, () => {}),
    'logEvents',
    'logger: has no info, warn, error: give a logger, such as pino()',
  ],
  [
    'nodeListener(builds)',
    calling(nodeListener, library),
    'nodeListener',
    'handler: is an object: give what createBuildsHandler returned',
  ],
  [
    'expressHandler of a function',
    calling(expressHandler, () => {}),
    'expressHandler',
    'handler: has no owns: give what createBuildsHandler returned',
  ],
  [
    'a path that ends in a slash',
    serving({ basePath: '/api/' }),
    'createBuildsHandler',
    'basePath: cannot be used: give it like “/api”, without a trailing slash',
  ],
  [
    'a document at a path without a slash',
    calling(openApiDocument, { basePath: 'api' }),
    'openApiDocument',
    "basePath: cannot be used: give a path or a URL without a trailing slash: '/api', 'https://api.example.com'",
  ],
  [
    'a base URL without a scheme',
    reaching({ baseUrl: 'api.example.com' }),
    'wrkHttp',
    `baseUrl: cannot be used: ${BASE_URL}`,
  ],
  [
    'a bare token',
    reaching({ token: 'hunter2' }),
    'wrkHttp',
    "token: cannot be used: wrap it with secret('…') from wrk-builds/wrk-http, or give an async function that returns such a secret; a bare string could end up in a log. To send no token, leave the option out",
  ],
  [
    'a mail without a transport',
    calling(smtpNotifier, { from: 'builds@example.com' }),
    'smtpNotifier',
    'transport: is missing: give nodemailer.createTransport({ … })',
  ],
  [
    'a bare webhook of Slack',
    calling(slackNotifier, { webhookUrl: 'https://hooks.slack.com/services/hunter2' }),
    'slackNotifier',
    "webhookUrl: cannot be used: give secret('https://hooks.slack.com/…'), or a function that returns such a secret",
  ],
  [
    'a template that does not exist',
    calling(notificationWriter, { templates: { build_completed: () => {} } }),
    'notificationWriter',
    'templates.build_completed: is not an option: did you mean “build_complete”?',
  ],
  [
    'a list of notifiers',
    calling(fanOut, [nobody]),
    'fanOut',
    "options: is a list: give at least one notifier, named with lowercase letters, digits, '-' and '_', such as 'crm_copy'",
  ],
  [
    'a webhook with a short secret',
    calling(webhookNotifier, {
      url: 'https://mail.example.com',
      Webhook,
      secret: secret('whsec_aHVudGVyMg=='),
    }),
    'webhookNotifier',
    "secret: is no secret, or none of this form: give a secret('whsec_…') of 24 to 64 random bytes in base64, or a list of such secrets while it is being changed: generate one with echo whsec_$(openssl rand -base64 32)",
  ],
  [
    'a webhook without the class that signs',
    calling(webhookNotifier, { url: 'https://mail.example.com', secret: secret(`whsec_${'a'.repeat(32)}`) }),
    'webhookNotifier',
    'Webhook: is missing: give the class Webhook of the package standardwebhooks',
  ],
  [
    'a webhook with a class that signs nothing',
    calling(webhookNotifier, {
      url: 'https://mail.example.com',
      Webhook: Map,
      secret: [secret(`whsec_${'a'.repeat(32)}`)],
    }),
    'webhookNotifier',
    'Webhook: is not that class: give the class Webhook of the package standardwebhooks',
  ],
  [
    'a fake client without a fake',
    calling(fakeWrkClient, { duplicates: { by: 'idempotency-key' } }),
    'fakeWrkClient',
    'fake: has no take, find: give a fake WRK: createFakeWrk()\n- options: is missing: give an object of duplicates, verifies, token, deadlineMs, sleep',
  ],
  [
    'a fake that honors keys',
    calling(createFakeWrk, { honorsKeys: true }),
    'createFakeWrk',
    'honorsKeys: is not an option: did you mean “honoursKeys”?',
  ],
  [
    'a behaviour that was not called',
    calling(fake.script, wrkBehaviour.creates),
    'script',
    'behaviours.0: is a function: give wrkBehaviour.creates(), or another behaviour that was called',
  ],
  [
    'a behaviour in place of a rule',
    calling(fake.otherwise, wrkBehaviour.creates()),
    'otherwise',
    'rule: is an object: give a function from a call to its behaviour',
  ],
  [
    'a server on a port that is none',
    calling(startFakeWrkServer, fake, { port: '3000' }),
    'startFakeWrkServer',
    'options.port: is a string: give a port from 0 to 65535, where 0 is any free one',
  ],
  [
    'handlers of a URL that ends in /wrk-api',
    calling(fakeWrkHandlers, fake, 'https://wrk.test/wrk-api'),
    'fakeWrkHandlers',
    'baseUrl: ends in /wrk-api, which every call adds by itself: leave it out',
  ],
  [
    'a project of no versions',
    calling(buildableProject, { versions: 0 }),
    'buildableProject',
    'versions: is too small: give a whole number of versions from 1 to 1000',
  ],
];

describe('a mistake is answered with its path, what is wrong and what to give', () => {
  it.each(OF_A_NEW_USER)('D2: %s', async (_what, mistake, name, line) => {
    expect(await messageOf(mistake)).toBe(said(name, line));
  });

  it.each(NUMBERS)('A6: %s', async (_what, mistake, name, line) => {
    expect(await messageOf(mistake)).toBe(said(name, line));
  });

  it.each(OTHERS)('%s', async (_what, mistake, name, line) => {
    expect(await messageOf(mistake)).toBe(said(name, line));
  });

  it('D2: Node 18', async () => {
    const actual = Object.getOwnPropertyDescriptor(process.versions, 'node') ?? {};
    Object.defineProperty(process.versions, 'node', { ...actual, value: '18.20.8' });
    try {
      expect(await messageOf(wiring({}))).toBe(
        'createBuilds cannot run here:\n- Node: is 18.20.8: use Node 20.19 or newer',
      );
    } finally {
      Object.defineProperty(process.versions, 'node', actual);
    }
  });
});

it('no message quotes a value, which may be a secret', async () => {
  const messages = await Promise.all(OTHERS.map(([, mistake]) => messageOf(mistake)));
  expect(messages.join()).not.toContain('hunter2');
});
