import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { createBuildsHandler, nodeListener } from '../../../../src/adapters/http/index.js';
import { ROUTES } from '../../../../src/adapters/http/routes/all-routes.js';
import { buildableProject, stableId, TENANT } from '../../../../src/testing/builders.js';
import { wrkBehaviour } from '../../../../src/testing/wrk/fake-wrk-behaviour.js';
import { describeInEachFamily } from '../../../operations/support/in-each-family.js';
import * as given from '../../../support/given.js';
import { snippetOf } from '../../../support/snippet-of.js';
import * as when from '../../../support/when.js';
import { listen } from '../mounts/support/listen.js';
import { opsOf, ROLES } from '../support/http-caller.js';
import { type Compiled, compileClient, loadScript, usesOfClient } from './support/compile-client.js';

const HEAD = `import createClient from 'openapi-fetch';
import type { components, paths } from './types.js';
const client = createClient<paths>({ baseUrl: 'https://host.example' });
const params = { path: { id: 'a' } };
`;

/** What is wrong in each is told by the compiler in words that hold this. */
const MISUSES: Readonly<Record<string, readonly [code: string, told: string]>> = {
  // Inline, an optional key too many goes through the generics of openapi-fetch unseen.
  'a misspelt key in a body': [
    `const body: components['schemas']['CancelBuild'] = { reason: 'r', acceptDuplicateRisk: true };
await client.POST('/v1/admin/builds/{id}/cancel', { params, body });`,
    'acceptDuplicateRisk',
  ],
  'a misspelt key of those that a body must have': [
    `await client.POST('/v1/admin/builds/{id}/assign', { params, body: { reason: 'r', assigneeId: null } });`,
    "'assigneeId' does not exist",
  ],
  'a command without a reason': [
    `await client.POST('/v1/admin/builds/{id}/retry', { params, body: {} });`,
    `'reason' is missing`,
  ],
  'another status': [
    `await client.PATCH('/v1/automation-versions/{id}/status', { params, body: { status: 'Live' } });`,
    '"Live"',
  ],
  'a field that the answer does not have': [
    `const { data } = await client.GET('/v1/admin/builds/{id}', { params });\nconsole.log(data?.bindingId);`,
    'bindingId',
  ],
  'a path that there is not': [`await client.GET('/v1/admin/nothing', {});`, '/v1/admin/nothing'],
  'a filter that there is not': [
    `await client.GET('/v1/admin/builds', { params: { query: { tenant_id: 't' } } });`,
    'tenant_id',
  ],
  'details of another error': [
    `const { error } = await client.POST('/v1/admin/builds/{id}/adopt', { params, body: { reason: 'r', workflow_id: 'w', workflow_url: 'u' } });
if (error?.error_code === 'workflow_not_adoptable') console.log(error.details.calls);`,
    `'calls' does not exist`,
  ],
  'an error that the operation does not have': [
    `const { error } = await client.GET('/v1/admin/builds/{id}', { params });\nconsole.log(error?.error_code === 'workflow_not_adoptable');`,
    'no overlap',
  ],
};

interface Report {
  readonly pages: readonly (readonly string[])[];
  readonly inOrder: readonly string[];
}
type Run = (baseUrl: string, host: object) => Promise<Report>;

let compiled: Compiled;
beforeAll(async () => {
  const misuses = Object.entries(MISUSES).map(([name, [code]]) => [name, HEAD + code] as const);
  const page = snippetOf(
    await readFile(new URL('../../../../docs/http.md', import.meta.url), 'utf8'),
    'client',
  );
  compiled = await compileClient({ uses: await usesOfClient(), page, ...Object.fromEntries(misuses) });
});

describe('a client that is generated from the document', () => {
  it('compiles, and so does a program that uses every operation and tells errors apart by their code', () => {
    expect(compiled.problems.get('types')).toEqual([]);
    expect(compiled.problems.get('uses')).toEqual([]);
  });

  it('compiles as the page for hosts shows it', () => {
    expect(compiled.problems.get('page')).toEqual([]);
  });

  it.each(Object.entries(MISUSES))('does not compile with %s', (name, [, told]) => {
    expect(compiled.problems.get(name)).toEqual([expect.stringContaining(told)]);
  });
});

describeInEachFamily('a generated client against a server', (open) => {
  it('brings builds from request to QA & Testing, steers others, and pages through all while more come', async () => {
    const app = open();
    const version = buildableProject({ name: 'version' });
    const projects = ['1', '2', '3', '4', '5'].map((name) => buildableProject({ name }));
    for (const { rows } of [version, ...projects]) await app.store.host.insert(rows);
    const used = new Set<string | null>();
    const handler = createBuildsHandler({
      builds: app.builds,
      authenticate: () => opsOf(TENANT),
      roles: ROLES,
      onAnswer: ({ status, operationId }) => status < 300 && used.add(operationId),
    });
    const listener = nodeListener(handler);
    const server = await listen(createServer((request, response) => listener(request, response)));
    onTestFinished(server.stop);
    let added = 0;
    const { run } = z
      .object({ run: z.custom<Run>((value) => typeof value === 'function') })
      .parse(await loadScript(compiled.scripts.get('uses') ?? ''));

    const { pages, inOrder, ...report } = await run(server.url, {
      versionId: version.versionId,
      projectIds: projects.map(({ projectId }) => projectId),
      assigneeId: stableId('engineer'),
      work: () => when.work(app),
      refuseNext: () => app.fake.script(wrkBehaviour.answers(422)),
      addBuild: async () => {
        added += 1;
        await given.requestedBuild(app, `added ${added}`);
      },
    });
    expect(report).toEqual({
      unmet: 0,
      requested: { status: 202, run: 1 },
      completed: ['active', 'QA & Testing', stableId('engineer')],
      asRequested: 'complete',
      sameBuild: true,
      conflict: { status: 409, workflowId: app.fake.workflows()[0]?.id },
      failed: 'error',
      statuses: { retried: 'active', adopted: 'active', cancelled: 'cancelled', together: 'active' },
      retriedTogether: [true],
      onlyCancelled: [true],
      mayStart: true,
      streamed: true,
      health: 'ok',
      dead: [0, [], 0],
      openapi: '3.1.0',
    });
    expect(added).toBe(3);
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(pages.flat(), 'newest first, none twice, none left out, and none that came later').toEqual(
      inOrder,
    );
    expect([...used].toSorted()).toEqual(ROUTES.map(({ operationId }) => operationId).toSorted());
  });
});
