import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type NodePostgresPool, nodePostgres, postgres } from '../../src/adapters/postgres/index.js';
import { tablesIn } from '../../src/adapters/postgres/mapping/tables.js';
import { claimDueBuilds } from '../../src/adapters/postgres/sql/claim.js';
import { buildableProject, TENANT } from '../../src/testing/builders.js';
import { plainName } from '../adapters/postgres/support/hooked-pool.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { buildsOver } from './support.js';

/** Planned at each run, and so without its name on the wire. */
const CLAIM = claimDueBuilds(tablesIn({}));

describeWithPostgres('statements on the wire', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  let sent: string[] = [];
  let counted: ReturnType<typeof postgres>;

  beforeAll(async () => {
    store = await openPostgres();
    const pool: NodePostgresPool = {
      connect: async () => {
        const client = await store.pool.connect();
        return {
          query: (config) => {
            const unnamed = config.text === CLAIM.text ? CLAIM.name : config.text;
            sent.push(config.name === undefined ? unnamed : plainName(config.name));
            return client.query(config);
          },
          release: (destroy) => client.release(destroy),
        };
      },
    };
    counted = postgres(nodePostgres(pool, { listen: false }));
  });
  beforeEach(async () => {
    await store.clear();
    sent = [];
  });
  afterAll(() => store.close());

  const requestOne = async (name: string) => {
    const project = buildableProject({ name });
    await store.host.insert(project.rows);
    return () =>
      buildsOver(counted).builds.requestBuild({
        tenantId: TENANT,
        automationVersionId: project.versionId,
        trigger: 'patch_status',
      });
  };

  it('a request costs one statement to load and one to commit', async () => {
    const request = await requestOne('one');
    expect((await request()).isOk()).toBe(true);
    expect(sent).toEqual(['wrk_builds_load_requests', 'wrk_builds_commit']);
  });

  it('a refused request costs the load alone', async () => {
    const request = await requestOne('one');
    await request();
    sent = [];
    expect((await request()).isErr()).toBe(true);
    expect(sent).toEqual(['wrk_builds_load_requests']);
  });

  it('a claim costs one statement, a completion one, and the look that finds no more one', async () => {
    const request = await requestOne('one');
    await request();
    sent = [];
    const { builds, events } = buildsOver(counted);
    const workers = builds.startWorkers({ concurrency: { notifications: 0 }, pollIntervalMs: 60_000 });
    await expect.poll(() => events.map((event) => event.type)).toContain('build_completed');
    await workers.stop();
    const looks = sent.filter((name) => name === 'wrk_builds_claim_due_builds');
    expect([sent[0], looks.length]).toEqual(['wrk_builds_claim_due_builds', 2]);
    expect(sent.filter((name) => name !== 'wrk_builds_claim_due_builds')).toEqual(['wrk_builds_commit']);
  });

  it('requests of one moment share their statements', async () => {
    const { builds } = buildsOver(counted);
    const projects = Array.from({ length: 20 }, (_, index) => buildableProject({ name: `project ${index}` }));
    for (const project of projects) await store.host.insert(project.rows);
    const answers = await Promise.all(
      projects.map(({ tenantId, versionId }) =>
        builds.requestBuild({ tenantId, automationVersionId: versionId, trigger: 'auto_build' }),
      ),
    );
    expect(answers.every((answer) => answer.isOk())).toBe(true);
    expect(sent).toEqual(['wrk_builds_load_requests', 'wrk_builds_commit']);
  });
});
