import { expect, it } from 'vitest';
import {
  nodePostgres,
  type PostgresDatabase,
  postgres,
  type Query,
} from '../../../src/adapters/postgres/index.js';
import { TENANT } from '../../../src/testing/builders.js';
import { openApp } from '../../support/app.js';
import { describeWithPostgres } from '../../support/database.js';
import { sized } from '../../support/size.js';
import * as when from '../../support/when.js';
import { openAgency, requestOf } from './agency.js';

const VERSIONS = sized(2_000, 20_000);

/** Rows of finished builds; a third of the tasks names the project alone, a third the version alone, a third both. */
const FILL = `
  alter table agency.projects disable trigger user; alter table agency.tasks disable trigger user;
  insert into agency.automations (id, workspace_id, name)
    select md5('a' || n)::uuid, '${TENANT}', 'Full' from generate_series(1, ${VERSIONS}) n;
  insert into agency.projects (id, workspace_id, automation_id, name, stage)
    select md5('p' || n)::uuid, '${TENANT}', md5('a' || n)::uuid, 'Full', 'qa' from generate_series(1, ${VERSIONS}) n;
  insert into agency.versions (id, workspace_id, automation_id, project_id, stage)
    select md5('v' || n)::uuid, '${TENANT}', md5('a' || n)::uuid, md5('p' || n)::uuid, 'qa' from generate_series(1, ${VERSIONS}) n;
  insert into agency.quotes (workspace_id, automation_version_id, quote_type, price, stage)
    select '${TENANT}', md5('v' || n)::uuid, 'build', 1, 'countersigned' from generate_series(1, ${VERSIONS}) n;
  insert into agency.tasks (workspace_id, project_id, automation_version_id, kind, slug, title, channel, created_by, updated_at)
    select '${TENANT}', case when k % 3 < 2 then md5('p' || n)::uuid end, case when k % 3 > 0 then md5('v' || n)::uuid end,
           'build_checklist', 'task-' || k, 'Full', 'internal', '${TENANT}', now()
      from generate_series(1, ${VERSIONS}) n, generate_series(1, 8) k;
  analyze;`;

const IN_FULL = /Seq Scan on tasks\b.*/g;

describeWithPostgres('C1: statements about tasks that name project, version or both', () => {
  it('do not read the tasks in full', async () => {
    const agency = await openAgency();
    await agency.rows(FILL);
    const plans = new Map<string, string>();
    const explaining =
      (query: Query): Query =>
      async (statement, values) => {
        if (statement.text.includes('"agency"')) {
          const explained = await agency.rows(`explain ${statement.text}`, values);
          plans.set(statement.name, explained.map((row) => row['QUERY PLAN']).join('\n'));
        }
        return query(statement, values);
      };
    const driver = nodePostgres(agency.store.pool, { listen: false });
    const database: PostgresDatabase = {
      ...driver,
      query: explaining(driver.query),
      transaction: (work) => driver.transaction((query) => work(explaining(query))),
    };
    const app = openApp({ ...agency.store, ...postgres(database, agency.options) });

    const project = await agency.project('explained', 2);
    const { tenantId, projectId } = project;
    const { bindingId } = (await app.builds.requestBuild(requestOf(project)))._unsafeUnwrap();
    await app.builds.recordChecklistChange({ tenantId, projectId });
    const waiting = { waitMs: 1 };
    const target = { automationVersionId: project.versionId };
    await app.store.repository.loadRequests([{ tenantId, target, idempotency: null }], waiting);
    await app.store.repository.loadBuilds([{ tenantId, bindingId }], waiting);
    await when.work(app);

    const inFull = [...plans].flatMap(([name, plan]) =>
      (plan.match(IN_FULL) ?? []).map((scan) => `${name}: ${scan}`),
    );
    expect(inFull).toEqual([]);
    expect([...plans.keys()]).toEqual(
      expect.arrayContaining([
        ...[
          'wrk_builds_load_requests',
          'wrk_builds_commit',
          'wrk_builds_claim_due_builds',
          'wrk_builds_load_builds',
        ],
        ...['wrk_builds_read_checklist', 'wrk_builds_wait_for_request', 'wrk_builds_wait_for_build'],
      ]),
    );
    await agency.store.close();
  });
});
