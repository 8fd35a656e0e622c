// A host's own tests, in Jest, with the globals that Jest has.
const { createServer } = require('node:http');
const pg = require('pg');
const { memoryStore, postgresStore, runBuilds } = require('./one-build.cjs');

const entries = {
  core: require('wrk-builds'),
  http: require('wrk-builds/http'),
  memory: require('wrk-builds/memory'),
  notify: require('wrk-builds/notify'),
  postgres: require('wrk-builds/postgres'),
  testing: require('wrk-builds/testing'),
  wrkHttp: require('wrk-builds/wrk-http'),
};
const onMemory = () => runBuilds(entries, { createServer }, memoryStore(entries));
const onPostgres = async () => {
  const store = await postgresStore(entries, pg, process.env.DATABASE_URL);
  await runBuilds(entries, { createServer }, store);
  await store.close();
};

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

test.each(['ports', 'express', 'bullmq', 'pg-boss'])('wrk-builds/%s is loaded', (name) => {
  expect(Object.keys(require(`wrk-builds/${name}`))).not.toEqual([]);
});

test('a build in memory', onMemory);
test('a build on Postgres', onPostgres);

test('a build in memory under fake timers', async () => {
  jest.useFakeTimers({ now: 0 });
  await onMemory();
});

test('a build on Postgres under fake timers, but for what node-postgres needs', async () => {
  jest.useFakeTimers({ now: 0, doNotFake: ['nextTick', 'queueMicrotask'] });
  await onPostgres();
});

test('a build with random numbers and ids that the test has chosen', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(0);
  jest.spyOn(crypto, 'randomUUID').mockReturnValue('00000000-0000-4000-8000-000000000000');
  await onMemory();
});

test('what Node throws is understood, though it is no Error of this realm', async () => {
  const wrk = entries.wrkHttp.wrkHttp({
    baseUrl: 'http://127.0.0.1:1',
    duplicates: { by: 'idempotency-key' },
  });
  const ids = { tenantId: 't', reference: 'r', requestId: 'q', callId: 'c', idempotencyKey: 'k' };
  const { signal } = new AbortController();
  const answer = await wrk.createWorkflow({ ...ids, signal, body: '{}', mayBegin: () => true });
  expect(answer).toEqual({ kind: 'not_sent', detail: 'WRK could not be reached (ECONNREFUSED)' });

  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
  const { repository } = entries.postgres.postgres(entries.postgres.nodePostgres(pool));
  await expect(repository.transaction(async () => {})).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  await pool.end();
});
