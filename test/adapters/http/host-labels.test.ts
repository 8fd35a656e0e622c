import { expect, it } from 'vitest';
import { nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import { buildableProject } from '../../../src/testing/builders.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { openInMemory, openOver } from '../../operations/support/in-each-family.js';
import { describeWithPostgres } from '../../support/database.js';
import { httpCaller } from './support/http-caller.js';

const labels = {
  'Ready for Build': 'ReadyForBuild',
  'Build in Progress': ['BuildInProgress', 'Building'],
  'QA & Testing': 'QATesting',
} as const;

/** A version that may be built, behind a handler of a host whose statuses have labels of its own. */
function withLabels(app: ReturnType<typeof openInMemory>) {
  const known: Readonly<Record<string, string>> = {
    ReadyForBuild: 'Ready for Build',
    BuildInProgress: 'Build in Progress',
    Building: 'Build in Progress',
    QATesting: 'QA & Testing',
  };
  return { builds: { ...app.builds, versionStatusOf: (label: string) => known[label] ?? label } };
}

async function open(onOtherStatus?: Parameters<typeof httpCaller>[2]) {
  const app = openInMemory();
  const project = buildableProject();
  await app.store.host.insert(project.rows);
  const { send } = httpCaller(withLabels(app), project.tenantId, onOtherStatus);
  return (body: object) => send('PATCH', `/v1/automation-versions/${project.versionId}/status`, body);
}

it.each(['BuildInProgress', 'Building', 'Build in Progress'])(
  'C7 PATCH takes “%s”, the host’s own label as well as the flow’s word',
  async (status) => {
    const patch = await open();
    const { body, status: code } = await patch({ status, last_known_status: 'ReadyForBuild' });
    expect([code, body.status]).toEqual([202, 'Build in Progress']);
  },
);

it('C7 a last known status in the host’s label that has changed since is a conflict', async () => {
  const patch = await open();
  const { status, body } = await patch({ status: 'Building', last_known_status: 'QATesting' });
  expect([status, body.error_code]).toEqual([409, 'concurrency_conflict']);
});

it('C7 another status of the flows goes to the host under the host’s own label, as it was sent', async () => {
  const told: unknown[] = [];
  const patch = await open({
    onOtherStatus: async (request, { status }) => {
      told.push([status, await request.json()]);
      return Response.json({});
    },
  });
  expect((await patch({ status: 'QATesting', note: 1 })).status).toBe(200);
  expect(told).toEqual([['QATesting', { status: 'QATesting', note: 1 }]]);
  expect((await patch({ status: 'building' })).status).toBe(400);
});

describeWithPostgres('C7 on Postgres', () => {
  it('the labels are those of the mapping, and other texts stay what they are', async () => {
    const store = await openPostgres();
    expect(openOver(store).builds.versionStatusOf('BuildInProgress')).toBe('BuildInProgress');
    const { hostSchema } = postgres(nodePostgres(store.pool, { listen: false }), {
      host: { automationVersions: { status: { column: 'state', labels } } },
    });
    const words = ['BuildInProgress', 'Building', 'QATesting', 'Build in Progress', 'Archived', 'toString'];
    expect(words.map((each) => hostSchema.versionStatusOf?.(each))).toEqual([
      'Build in Progress',
      'Build in Progress',
      'QA & Testing',
      'Build in Progress',
      'Archived',
      'toString',
    ]);
    await store.close();
  });
});
