import pino from 'pino';
import { expect, it } from 'vitest';
import { createBuildsHandler } from '../../../src/adapters/http/index.js';
import { ROUTES } from '../../../src/adapters/http/routes/all-routes.js';
import { memoryStorage } from '../../../src/adapters/memory/index.js';
import { createBuilds } from '../../../src/create-builds.js';
import { logEvents } from '../../../src/observability/log-events.js';
import { buildableProject, TENANT } from '../../../src/testing/builders.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import { opsOf, ROLES } from './support/http-caller.js';
import { readyRoute } from './support/ready-routes.js';

/** A handler with everything that it tells: its answers to the host, and the lines of its log. */
async function openTold() {
  const storage = memoryStorage();
  const project = buildableProject();
  await storage.host.insert(project.rows);
  const written: string[] = [];
  const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
  let events = 0;
  const toLog = logEvents(pino({}, { write: (line: string) => void written.push(line) }));
  const builds = createBuilds({
    ...storage,
    wrk: fakeWrkClient(createFakeWrk(), { duplicates: { by: 'idempotency-key' } }),
    notifiers: { email: nobody, inApp: nobody },
    resolveRecipients: async () => [],
    onEvent: (event) => {
      events += 1;
      toLog(event);
    },
  });
  const answered: string[] = [];
  const handler = createBuildsHandler({
    builds,
    authenticate: () => opsOf(TENANT),
    roles: ROLES,
    onAnswer: (answer) => answered.push(JSON.stringify({ ...answer, problem: `${answer.problem}` })),
  });
  return { handler, project, answered, written, events: () => events };
}

const SECRET = 'planted-secret-4711';

it('what a request brings stands in no answer, in nothing that the host is told, and in no log line', async () => {
  const { handler, project, answered, written } = await openTold();
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${SECRET}`,
    cookie: `session=${SECRET}`,
    'x-api-key': SECRET,
    'x-request-id': `no id ${SECRET}`,
    'idempotency-key': SECRET,
    referer: `https://app.example/?token=${SECRET}`,
  };
  const bodies = [
    { status: SECRET },
    { status: 'Build in Progress', assignee_id: `${SECRET}\0` },
    { status: 'Build in Progress', last_known_status: SECRET, last_known_updated_at: SECRET },
    { status: 'Build in Progress', token: SECRET },
    { status: 'Build in Progress' },
    { reason: SECRET, error_reason: SECRET, cursor: SECRET },
    { reason: SECRET, workflow_id: 'wf-1', workflow_url: `https://app.wrk.example/?token=${SECRET}` },
    { reason: SECRET, assignee_id: SECRET },
    { reason: SECRET },
    { assignee_id: SECRET, priority: SECRET },
    SECRET,
  ];
  const seen: string[] = [];
  const { versionId, projectId } = project;
  const ids = { versionId, projectId, bindingId: 'none yet' };
  for (const route of ROUTES.filter(({ answer }) => answer.schema !== null)) {
    const { id } = readyRoute(route);
    const path = id === null ? route.path : route.path.replace('{id}', ids[id]);
    for (const body of route.method === 'GET' ? [null] : bodies) {
      for (const query of ['', `?token=${SECRET}`, `?cursor=${SECRET}`]) {
        const request = new Request(`https://host.example${path}${query}`, {
          method: route.method,
          headers,
          ...(body !== null && { body: JSON.stringify(body) }),
        });
        const answer = await handler(request);
        const text = await answer.text();
        seen.push(JSON.stringify([...answer.headers]), text);
        // From the first build on, orders are about that.
        if (answer.status === 202) ids.bindingId = JSON.parse(text).binding_id;
      }
    }
  }
  expect([answered.length, seen.length]).toEqual([seen.length / 2, expect.any(Number)]);
  expect(written.map((line) => JSON.parse(line).msg)).toEqual(
    expect.arrayContaining(['request_accepted', 'request_refused', 'command_executed']),
  );
  for (const told of [seen, answered, written]) {
    expect(told.filter((each) => each.includes(SECRET))).toEqual([]);
  }
});

it('no value makes two lines of one in the log', async () => {
  const { handler, written, events, answered } = await openTold();
  const breaks = ['\r\n', '\n', '\r', '\u2028', '\u0085', '\u001b[2J'];
  for (const text of breaks.map((each) => `a${each}{"level":60}`)) {
    const id = encodeURIComponent(text);
    const send = (method: string, path: string, body: unknown) =>
      handler(
        new Request(`https://host.example${path}`, {
          method,
          headers: { 'content-type': 'application/json', 'x-request-id': encodeURI(text) },
          body: JSON.stringify(body),
        }),
      );
    const hints = { assignee_id: text, last_known_status: text };
    await send('PATCH', `/v1/automation-versions/${id}/status`, { status: 'Build in Progress', ...hints });
    await send('POST', `/v1/admin/projects/${id}/request-build`, hints);
    await send('POST', `/v1/admin/builds/${id}/cancel`, { reason: text });
  }
  expect(events()).toBe(2 * breaks.length);
  expect(written).toHaveLength(events());
  for (const line of written) expect(line.trimEnd()).not.toMatch(/[\r\n]/);
  for (const told of answered) expect(JSON.parse(told).requestId).toMatch(/^[\w.:@/+=-]+$/);
});

it('a header that breaks a line never gets as far as a request', () => {
  for (const name of ['x-request-id', 'idempotency-key', 'cookie']) {
    expect(() => new Request('https://host.example/', { headers: { [name]: 'a\r\nb: c' } })).toThrow(
      TypeError,
    );
  }
});
