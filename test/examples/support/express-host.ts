import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ResultAsync } from 'neverthrow';
import { createBuilds, type RequestAnswer } from 'wrk-builds';
import { memoryStorage } from 'wrk-builds/memory';
import {
  type BuildableProject,
  buildableProject,
  createFakeWrk,
  startFakeWrkServer,
} from 'wrk-builds/testing';
import { wrkHttp } from 'wrk-builds/wrk-http';
import { createHost } from '../../../examples/express-host/create-host.js';
import { createDirectory, type Person, type Role } from '../../../examples/express-host/directory.js';

const { tenantId } = buildableProject();

const person = (name: string, tenant: string, ...roles: Role[]): Person => ({
  token: `token-of-${name}-${randomUUID()}`,
  userId: randomUUID(),
  tenantId: tenant,
  email: `${name}@host.example`,
  roles,
});

/** Everybody who has an account: all in the tenant of `buildableProject`, but for the stranger. */
export const people = {
  owner: person('owner', tenantId, 'project_owner'),
  ops: person('ops', tenantId, 'ops_build'),
  client: person('client', tenantId, 'client'),
  stranger: person('stranger', randomUUID(), 'project_owner', 'ops_build', 'admin'),
};

/** What an answer says. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** The example host on a free port, with memory storage and a fake WRK behind real HTTP. */
export async function startExpressHost() {
  const storage = memoryStorage();
  const wrk = createFakeWrk();
  const wrkServer = await startFakeWrkServer(wrk);
  const mails: { readonly to: string | undefined; readonly template: string }[] = [];
  const problems: unknown[] = [];
  const { sessionOf, resolveRecipients } = createDirectory(Object.values(people));
  const builds = createBuilds({
    ...storage,
    wrk: wrkHttp({ baseUrl: wrkServer.url, duplicates: { by: 'idempotency-key' } }),
    notifiers: {
      inApp: storage.inAppNotifier,
      email: {
        deliver: async ({ recipient, message }) => {
          mails.push({ to: recipient.address, template: message.template });
          return { status: 'delivered' };
        },
      },
    },
    resolveRecipients,
  });
  let failure: Error | null = null;
  const app = createHost({
    sessionOf,
    onProblem: (problem) => problems.push(problem),
    builds: {
      requestBuild: (input) =>
        failure === null
          ? builds.requestBuild(input)
          : ResultAsync.fromSafePromise(Promise.reject<RequestAnswer>(failure)),
    },
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  /** Sends one request; `undefined` as a body sends none. */
  const send = async (
    method: string,
    path: string,
    who: Person | null,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        ...(who === null ? {} : { authorization: `Bearer ${who.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };

  return {
    storage,
    wrk,
    mails,
    problems,
    send,
    patchStatus: (
      who: Person | null,
      { versionId }: BuildableProject,
      body: unknown = { status: 'Build in Progress' },
    ) => send('PATCH', `/v1/automation-versions/${versionId}/status`, who, body),
    requestBuild: (who: Person | null, { projectId }: BuildableProject, body?: unknown) =>
      send('POST', `/v1/admin/projects/${projectId}/request-build`, who, body),
    /** From now on every request fails with this, as when the database is away. */
    fail: (problem: Error) => {
      failure = problem;
    },
    /** Works off everything that waits. */
    work: async () => {
      const workers = builds.startWorkers({ pollMs: 20 });
      await workers.drain();
      await workers.stop();
    },
    statuses: async ({ versionId, projectId }: BuildableProject) => {
      const { automationVersions, projects } = await storage.host.read();
      return {
        version: automationVersions.find(({ id }) => id === versionId)?.status,
        project: projects.find(({ id }) => id === projectId)?.status,
      };
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await wrkServer.close();
    },
  };
}

export type ExpressHost = Awaited<ReturnType<typeof startExpressHost>>;
