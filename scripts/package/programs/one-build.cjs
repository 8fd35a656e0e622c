// Runs a build from the request to QA with the entries that it is given, however they were loaded. It loads nothing itself, so
// that every module system, bundler and test runner takes it.

const TOKEN = 'token-of-a-test';
const SLACK_PATH = '/services/of-a-test';

/** A server that takes Slack's messages. */
const startSlack = async (createServer) => {
  const posts = [];
  const server = createServer((request, response) => {
    posts.push(request.url);
    request.resume().on('end', () => response.end('ok'));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const close = () => new Promise((closed) => server.close(closed) && server.closeAllConnections());
  return { url: `http://127.0.0.1:${server.address().port}${SLACK_PATH}`, posts, close };
};

/** What the host's own code would insert. */
const insertInto = (pool) => async (rows) => {
  const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  for (const [table, list] of Object.entries(rows)) {
    for (const row of list) {
      const columns = Object.keys(row).map(snake);
      const values = Object.values(row).map((value) =>
        typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
      );
      const slots = columns.map((_, index) => `$${index + 1}`);
      await pool.query(`insert into ${snake(table)} (${columns}) values (${slots})`, values);
    }
  }
};

/** A store in memory, to build on. */
exports.memoryStore = ({ memory }) => {
  const storage = memory.memoryStorage();
  return {
    storage,
    insert: (rows) => storage.host.insert(rows),
    statusOf: async (id) =>
      (await storage.host.read()).automationVersions.find((row) => row.id === id).status,
    close: async () => {},
  };
};

let databases = 0;

/** A store in an empty database of a server, to build on. Requests join a transaction that `fromPg` of `joining` wraps. */
exports.postgresStore = async ({ postgres, joining = postgres }, { Client, Pool }, serverUrl) => {
  const url = new URL(serverUrl);
  databases += 1;
  url.pathname = `/of_process_${process.pid}_${databases}`;
  const admin = new Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${url.pathname.slice(1)}`);
  await admin.end();
  const pool = new Pool({ connectionString: url.href });
  const database = postgres.nodePostgres(pool);
  await postgres.createHostTables(database);
  await postgres.migrate(database);
  const storage = postgres.postgres(database);
  return {
    url: url.href,
    storage,
    insert: insertInto(pool),
    statusOf: async (id) =>
      (await pool.query('select status from automation_versions where id = $1', [id])).rows[0].status,
    inTransaction: async (work) => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const result = await work(joining.fromPg(client));
        await client.query('commit');
        return result;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
};

/**
 * One version is requested over HTTP, another one by a call, in the host's transaction where there is one. Workers build both
 * over real HTTP, under a secret token, and tell Slack under a secret URL. Throws unless all of it happened.
 */
exports.runBuilds = async (
  { core, http, notify, secrets = notify, testing, wrkHttp },
  { createServer },
  store,
) => {
  const slack = await startSlack(createServer);
  const fake = testing.createFakeWrk({ token: TOKEN, honoursKeys: true });
  const wrk = await testing.startFakeWrkServer(fake);
  let workers;
  try {
    const builds = core.createBuilds({
      ...store.storage,
      wrk: wrkHttp.wrkHttp({
        baseUrl: wrk.url,
        token: secrets.secret(TOKEN),
        duplicates: { by: 'idempotency-key' },
      }),
      notifiers: {
        email: { deliver: async () => ({ status: 'delivered' }) },
        inApp: store.storage.inAppNotifier,
        slack: notify.slackNotifier({
          webhookUrl: secrets.secret(slack.url),
          links: { baseUrl: 'https://app.example' },
        }),
      },
      resolveRecipients: async ({ audience }) => [{ id: audience, address: `${audience}@example.com` }],
    });
    const one = testing.buildableProject({ name: 'over HTTP' });
    const other = testing.buildableProject({ name: 'in a transaction' });
    await store.insert(one.rows);
    await store.insert(other.rows);

    const handler = http.createBuildsHandler({
      builds,
      authenticate: () => ({
        kind: 'user',
        tenantId: one.tenantId,
        userId: one.quoteId,
        roles: ['ops_build'],
      }),
      roles: { operate_builds: ['ops_build'] },
      allowedOrigins: [],
    });
    const answer = await handler(
      new Request(`http://host.test/v1/automation-versions/${one.versionId}/status`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', authorization: 'Bearer of-a-test' },
        body: JSON.stringify({ status: 'Build in Progress' }),
      }),
    );
    if (!answer.ok) throw new Error(`PATCH answered ${answer.status}: ${await answer.text()}`);

    const refused = await builds.requestBuild({ tenantId: 7, trigger: 'auto_build' });
    if (!refused.isErr() || !/is a number: give a text/.test(JSON.stringify(refused.error)))
      throw new Error(`An input that cannot be read was answered with ${JSON.stringify(refused)}.`);

    const input = { tenantId: other.tenantId, automationVersionId: other.versionId, trigger: 'auto_build' };
    const requested = store.inTransaction
      ? await store.inTransaction((tx) => builds.requestBuild(input, { tx }))
      : await builds.requestBuild(input);
    if (requested.isErr()) throw new Error(requested.error.message);

    workers = builds.startWorkers();
    await workers.drain();
    const statuses = [await store.statusOf(one.versionId), await store.statusOf(other.versionId)];
    if (String(statuses) !== 'QA & Testing,QA & Testing') throw new Error(`The versions are ${statuses}.`);
    if (slack.posts.length !== 2 || slack.posts.some((path) => path !== SLACK_PATH))
      throw new Error(`Slack was posted to ${slack.posts.length} times: ${slack.posts}`);
  } finally {
    await workers?.stop();
    await wrk.close();
    await slack.close();
  }
};
