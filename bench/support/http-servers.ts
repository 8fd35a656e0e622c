/**
 * Two servers in one process, so that they share a store and a garbage collector: one calls `requestBuild` and checks
 * nothing, the other is the handler. Both serve the builds that were last prepared. STORAGE is `memory` or `postgres`
 * (then N projects in all are put into the schemas of a bench on DATABASE_URL, which are dropped first).
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { type Builds, createBuilds } from 'wrk-builds';
import { createBuildsHandler, nodeListener } from 'wrk-builds/http';
import { memoryStorage } from 'wrk-builds/memory';
import { nodePostgres, postgres } from 'wrk-builds/postgres';
import { buildableProject } from 'wrk-builds/testing';
import { fillSchemas, type ReadyVersion } from './fill-schemas.js';
import type { Answer, Command } from './http-commands.js';
import { schemas } from './schemas.js';

const USER = '11111111-1111-4111-8111-111111111111';

const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
const others = {
  wrk: {
    duplicates: { by: 'idempotency-key' as const },
    createWorkflow: async () => ({ kind: 'not_sent' as const, detail: 'this process only requests' }),
    findWorkflow: async () => ({ kind: 'absent' as const }),
  },
  notifiers: { email: nobody, inApp: nobody },
  resolveRecipients: async () => [],
};

type Requests = Pick<Builds, 'requestBuild'>;
type Prepared = {
  readonly builds: Parameters<typeof createBuildsHandler>[0]['builds'];
  readonly versions: readonly ReadyVersion[];
};

/** A store of its own for each round: in memory it would only become slower as it fills. */
const inMemory = async (count: number): Promise<Prepared> => {
  const storage = memoryStorage();
  const projects = Array.from({ length: count }, (_, index) =>
    buildableProject({ name: `project ${index}` }),
  );
  for (const { rows } of projects) await storage.host.insert(rows);
  return {
    builds: createBuilds({ ...storage, ...others }),
    versions: projects.map(({ versionId: id, tenantId }) => ({ id, tenant_id: tenantId })),
  };
};

const onPostgres = async (): Promise<(count: number) => Promise<Prepared>> => {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
  const rows = await fillSchemas(pool, Number(process.env.N));
  const builds = createBuilds({ ...postgres(nodePostgres(pool), schemas), ...others });
  return async (count) => ({ builds, versions: rows.splice(0, count) });
};

const requestOf = ({ id, tenant_id: tenantId }: ReadyVersion) =>
  ({ tenantId, automationVersionId: id, trigger: 'patch_status', userId: USER }) as const;

/** Calls `requestBuild` as often at a time as the load generator does, and says how long each took, in milliseconds. */
const callDirectly = async (
  { requestBuild }: Requests,
  versions: readonly ReadyVersion[],
  callers: number,
) => {
  const durations: number[] = [];
  let next = 0;
  const call = async () => {
    for (let version = versions[next++]; version; version = versions[next++]) {
      const startedAt = performance.now();
      const answer = await requestBuild(requestOf(version));
      durations.push(performance.now() - startedAt);
      if (answer.isErr()) throw new Error(answer.error.code);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return durations;
};

const answerPlainly = async (
  { requestBuild }: Requests,
  request: IncomingMessage,
  response: ServerResponse,
) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  JSON.parse(Buffer.concat(chunks).toString());
  const id = request.url?.split('/')[3] ?? '';
  const answer = await requestBuild(requestOf({ id, tenant_id: `${request.headers['x-tenant']}` }));
  response.writeHead(answer.isOk() ? 202 : 500, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer.isOk() ? answer.value : answer.error));
};

const prepare = process.env.STORAGE === 'postgres' ? await onPostgres() : inMemory;
let prepared: Prepared = { ...(await prepare(0)) };
let listener: RequestListener = (_request, response) => response.writeHead(503).end();

const listen = (serve: RequestListener) =>
  new Promise<number>((resolve) => {
    const server = createServer(serve).listen(0, '127.0.0.1', 4_096, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
const plain = await listen((request, response) => answerPlainly(prepared.builds, request, response));
const handler = await listen((request, response) => listener(request, response));

const say = (answer: Answer) => process.send?.(answer);
process.on('message', async (command: Command) => {
  if (command.kind === 'call') {
    say({
      kind: 'called',
      durations: await callDirectly(prepared.builds, prepared.versions, command.callers),
    });
    return;
  }
  prepared = await prepare(command.count);
  const mounted = nodeListener(
    createBuildsHandler({
      builds: prepared.builds,
      authenticate: ({ headers }) => ({
        kind: 'user',
        tenantId: headers.get('x-tenant') ?? '',
        userId: USER,
        roles: ['project_owner'],
      }),
      roles: { operate_builds: ['ops_build'] },
    }),
  );
  listener = (request, response) => mounted(request, response);
  say({ kind: 'prepared', versions: prepared.versions });
});
process.once('disconnect', () => process.exit());
say({ kind: 'listening', ports: { plain, handler } });
