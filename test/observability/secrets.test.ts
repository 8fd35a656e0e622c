import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { secret, wrkHttp } from '../../src/adapters/wrk-http/index.js';
import { logEvents } from '../../src/observability/log-events.js';
import { buildableProject } from '../../src/testing/builders.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { type FakeWrkBehaviour, wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { startFakeWrkServer } from '../../src/testing/wrk/fake-wrk-server.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

const TOKEN = 'token-that-nobody-may-see';
const IN_BLUEPRINT = 'password-in-a-node';
const IN_MAIL = 'smtp-password';
const IN_DIRECTORY = 'directory-password';
const OF_GATEWAY = 'key-of-the-gateway';
const IN_HOOK = 'password-of-the-tracer';
const SECRETS = [TOKEN, IN_BLUEPRINT, IN_MAIL, IN_DIRECTORY, OF_GATEWAY, IN_HOOK];

/** A blueprint with a secret in keys that nobody but WRK knows. */
const BLUEPRINT = {
  nodes: [
    { id: 'a', config: { password: IN_BLUEPRINT } },
    { id: 'b', name: IN_BLUEPRINT },
  ],
  edges: [{ source: 'a', target: 'b', note: IN_BLUEPRINT }],
  [IN_BLUEPRINT]: true,
};

interface Secretive {
  readonly wrk?: readonly FakeWrkBehaviour[];
  readonly blueprint?: unknown;
  /** How often the hook before a request fails, with a secret in its error. */
  readonly hookFailures?: number;
  /** Whether mail server and directory fail, with their secrets in their errors. */
  readonly failing?: boolean;
}

/** Carries one build out over HTTP with secrets in all that passes through, and keeps whatever can be seen of it. */
async function carryOut({ wrk = [], blueprint = BLUEPRINT, failing = false, hookFailures = 0 }: Secretive) {
  const fake = createFakeWrk({ token: TOKEN, keepsBodies: true });
  fake.script(...wrk);
  const server = await startFakeWrkServer(fake);
  onTestFinished(() => server.close());
  const seen: unknown[] = [];
  let hookCalls = 0;
  const log = logEvents({
    info: (...line) => seen.push(line),
    warn: (...line) => seen.push(line),
    error: (...line) => seen.push(line),
  });
  const mail = async () => {
    if (failing) throw new TypeError(`smtp://user:${IN_MAIL}@mail.example refused`);
    return { status: 'delivered' as const };
  };
  let directoryFails = failing;
  const host = given.app(memoryStorage(), {
    wrk: wrkHttp({
      baseUrl: server.url,
      token: secret(TOKEN),
      duplicates: { by: 'idempotency-key' },
      hooks: {
        beforeRequest: (request) => {
          hookCalls += 1;
          seen.push(request, inspect(request, { depth: 9 }));
          if (hookCalls <= hookFailures) throw new TypeError(`no tracer at https://u:${IN_HOOK}@tracer`);
          return { 'x-gateway-key': secret(OF_GATEWAY), traceparent: '00-1-1-01' };
        },
        afterResponse: (response) => {
          seen.push(response, inspect(response, { depth: 9 }));
          throw new Error(`no metrics at https://u:${IN_HOOK}@metrics`);
        },
      },
    }),
    notifiers: { email: { deliver: mail }, inApp: { deliver: mail } },
    delivery: { maxAttempts: 2, initialDelayMs: 1 },
    resolveRecipients: async () => {
      if (directoryFails) {
        directoryFails = false;
        throw new Error(`ldap://admin:${IN_DIRECTORY}@directory.example`);
      }
      return [{ id: 'ada' }];
    },
    onEvent: (event) => {
      seen.push(event);
      log(event);
    },
  });
  const { rows, tenantId, versionId } = buildableProject();
  await host.store.host.insert(rows);
  const setBlueprint = (blueprintJson: unknown) =>
    host.store.host.update('automationVersions', versionId, { blueprintJson });
  await setBlueprint(BLUEPRINT);
  const request = { tenantId, automationVersionId: versionId, trigger: 'auto_build' } as const;
  seen.push(await host.builds.requestBuild({ ...request, idempotencyKey: 'key' }));
  await setBlueprint(blueprint);
  const workers = when.start(host);
  await workers.drain();
  await workers.stop();
  seen.push(await host.builds.requestBuild(request));
  seen.push(await host.store.libraryRows(), await host.store.deadLetters.list({ tenantId, limit: 100 }));
  const [binding] = await then.bindings(host);
  return { seen: JSON.stringify(seen), fake, binding };
}

const expectNoSecret = (seen: string) => {
  for (const secret of SECRETS) expect(seen).not.toContain(secret);
};

describe('a secret', () => {
  it('of a build that succeeds reaches WRK and nothing else', async () => {
    const { seen, fake, binding } = await carryOut({});
    expect(binding).toMatchObject({ status: 'active' });
    expect(fake.calls()[0]?.body).toContain(IN_BLUEPRINT);
    expectNoSecret(seen);
  });

  it.each([
    ['WRK fails and echoes all that it was sent', 500, 'wrk_api_error'],
    ['WRK refuses our token and repeats it', 401, 'wrk_api_error'],
    ['WRK says it exists already, and quotes the request', 409, 'workflow_conflict'],
    ['WRK answers with something that is no answer', 200, 'outcome_unknown'],
  ])('of a build that ends because %s is not kept', async (_, status, reason) => {
    const echo = wrkBehaviour.answers(status, {
      body: {
        message: `Bearer ${TOKEN} ${OF_GATEWAY}`,
        blueprint: BLUEPRINT,
        workflow_url: `https://${TOKEN}.example`,
      },
      headers: { 'x-echo': TOKEN, 'x-request-id': `${TOKEN} ${OF_GATEWAY}` },
    });
    const { seen, fake, binding } = await carryOut({ wrk: [echo, echo, echo, echo] });
    expect(binding).toMatchObject({ status: 'error', error_reason: reason });
    expect(fake.calls()[0]?.body).toContain(IN_BLUEPRINT);
    expectNoSecret(seen);
  });

  it('is struck out of what WRK finds wrong with the blueprint', async () => {
    const rejects = wrkBehaviour.answers(422, {
      body: { errors: [`nodes[0]: sent with ${TOKEN} by ${OF_GATEWAY}`] },
    });
    const { seen, binding } = await carryOut({ wrk: [rejects] });
    expect(binding).toMatchObject({ error_reason: 'blueprint_rejected' });
    expect(seen, 'the finding itself is kept').toContain('nodes[0]: sent with');
    expectNoSecret(seen);
  });

  it('in a blueprint that is not complete any more is not in what is said about it', async () => {
    const nodes = [{ id: 'a', config: { password: IN_BLUEPRINT } }];
    const { seen, binding } = await carryOut({ blueprint: { nodes, edges: [{ source: IN_BLUEPRINT }] } });
    expect(binding).toMatchObject({ error_reason: 'invalid_blueprint' });
    expectNoSecret(seen);
  });

  it('in what a hook before the request throws goes no further, and the build goes on', async () => {
    const { seen, fake, binding } = await carryOut({ hookFailures: 2 });
    expect(binding).toMatchObject({ status: 'active' });
    expect(fake.calls()).toHaveLength(1);
    expect(seen).toContain('beforeRequest hook threw TypeError');
    expectNoSecret(seen);
  });

  it('in the errors of mail server and directory goes no further', async () => {
    const { seen } = await carryOut({ failing: true });
    expect(seen).toContain('message_dead_lettered');
    expect(seen).toContain('TypeError');
    expectNoSecret(seen);
  });
});
