import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { HostMapping } from '../../../src/adapters/postgres/index.js';
import { hostTables } from '../../../src/adapters/postgres/schema/migrations.js';
import { FOREIGN_MAPPING } from '../../contracts/support/foreign-mapping.js';
import { describeWithPostgres } from '../../support/database.js';
import { openHost } from './support.js';

const BLUEPRINT = `{"nodes": [{"id": "a", "systems": ["SAP"]}, {"id": "b"}], "edges": [{"source": "a", "target": "b"}]}`;

/** Everything that a mapping may say and that neither the default nor the foreign host says. */
const ODD_SQL = `
create schema "Big Host"; create schema people;
create type "Big Host"."State; --" as enum ('bereit', 'im "Bau"', 'Test''s', 'zu');
create table "Big Host"."Auto""mation" ("ID" text primary key, "Mandant" text not null, "Name" varchar(50) not null);
create table people."select" ("ID" text primary key, "Mandant" text not null, "from" text not null,
  "where" "Big Host"."State; --" not null, "%" smallint not null, "At" timestamptz not null);
create table "Big Host"."Version" ("ID" text primary key, "Mandant" text not null, "Auto" text not null, "Project" text,
  "State" "Big Host"."State; --" not null, "Doc" text not null, "At" timestamptz not null);
create table "Big Host"."Quote" ("ID" text primary key, "Mandant" text not null, "Version" text not null, "State" text not null);
create table "Big Host"."Task" ("ID" text primary key, "Mandant" text not null, "Of" text not null, "Kind" text not null,
  "Data" json not null, "Title" text not null, "State" text not null, blocking boolean not null,
  source text not null, weight integer not null, hidden boolean not null);
create table "Big Host"."Audit" (id bigserial primary key, "Mandant" text not null, who text, what text not null, kind text not null,
  which text not null, data jsonb, at timestamptz not null);
insert into "Big Host"."Auto""mation" values ('auto', 'acme', 'Rechnungen');
insert into people."select" values ('project', 'acme', 'Projekt', 'bereit', 50, now());
insert into "Big Host"."Version" values ('version', 'acme', 'auto', 'project', 'bereit', '${BLUEPRINT}', now());
insert into "Big Host"."Quote" values ('quote', 'acme', 'version', 'countersigned');
insert into "Big Host"."Task" values
  ('done', 'acme', 'project', 'build_checklist', '{"build": {"slug": "hand-over-to-qa", "category": "manual"}}', 'Übergabe', 'skipped', false, 'host', 1, false),
  ('old', 'acme', 'project', 'issue', '{}', 'Erledigt', 'done', true, 'host', 1, false);`;

const STATE = {
  enum: 'State; --',
  labels: { 'Ready for Build': 'bereit', 'Build in Progress': 'im "Bau"', 'QA & Testing': "Test's" },
};

const ODD: HostMapping = {
  schema: 'Big Host',
  ids: 'text',
  automations: { table: 'Auto"mation', id: 'ID', tenantId: 'Mandant', name: 'Name' },
  projects: {
    table: 'select',
    schema: 'people',
    id: 'ID',
    tenantId: 'Mandant',
    name: 'from',
    status: { column: 'where', ...STATE },
    checklistProgress: '%',
    updatedAt: 'At',
  },
  automationVersions: {
    table: 'Version',
    id: 'ID',
    tenantId: 'Mandant',
    automationId: 'Auto',
    status: { column: 'State', ...STATE },
    blueprint: 'Doc',
    updatedAt: 'At',
  },
  projectLink: { in: 'automationVersions', column: 'Project' },
  quotes: {
    table: 'Quote',
    id: 'ID',
    tenantId: 'Mandant',
    automationVersionId: 'Version',
    status: { column: 'State', labels: { signed: ['signed', 'countersigned'] } },
    expiresAt: null,
  },
  tasks: {
    table: 'Task',
    id: 'ID',
    tenantId: 'Mandant',
    project: 'Of',
    kind: 'Kind',
    slug: { column: 'Data', path: ['build', 'slug'] },
    category: { column: 'Data', path: ['build', 'category'] },
    title: 'Title',
    status: { column: 'State', labels: { complete: ['done', 'skipped'], pending: 'todo' } },
    blocker: 'blocking',
    also: { source: "the library's", weight: 3, hidden: true },
  },
  auditLogs: {
    table: 'Audit',
    id: 'id',
    idFrom: 'database',
    tenantId: 'Mandant',
    userId: 'who',
    actionType: 'what',
    resourceType: 'kind',
    resourceId: 'which',
    metadata: 'data',
    createdAt: 'at',
  },
};

const FOREIGN_SQL = await readFile(new URL('../../fixtures/foreign-host.sql', import.meta.url), 'utf8');

/** A version with two engagements, the second of which points elsewhere for now. */
const TWO_ENGAGEMENTS = `${FOREIGN_SQL}
insert into orgs values ('00000000-0000-0000-0000-00000000000a', 'acme');
insert into processes values ('00000000-0000-0000-0000-0000000000b0', '00000000-0000-0000-0000-00000000000a', 'Invoices');
insert into process_versions (id, org_id, process_id, state, spec) values
  ('00000000-0000-0000-0000-0000000000c0', '00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-0000000000b0', 'ReadyForBuild', '${BLUEPRINT}');
insert into offers (org_id, process_version_id, state) values
  ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-0000000000c0', 'accepted');
insert into engagements (id, org_id, process_version_id, name, state) values
  ('00000000-0000-0000-0000-0000000000d2', '00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-0000000000c0', 'Ours', 'ReadyForBuild'),
  ('00000000-0000-0000-0000-0000000000d1', '00000000-0000-0000-0000-00000000000a', null, 'Another', 'Live');`;

const REQUEST = {
  tenantId: '00000000-0000-0000-0000-00000000000a',
  automationVersionId: '00000000-0000-0000-0000-0000000000c0',
  trigger: 'auto_build',
} as const;
const POINT_THERE_TOO = `update engagements set process_version_id = '${REQUEST.automationVersionId}' where name = 'Another'`;

describeWithPostgres('A host', () => {
  it('may call everything by names that have to be quoted, and keep things elsewhere', async () => {
    const { builds, rows, work, mismatches, auditEntries } = await openHost(ODD_SQL, {
      schema: 'our "own"',
      host: ODD,
    });
    expect(mismatches).toEqual([]);
    const accepted = await builds.requestBuild({
      tenantId: 'acme',
      projectId: 'project',
      trigger: 'admin_request_build',
      userId: 'user 1',
    });
    expect(accepted._unsafeUnwrap()).toMatchObject({
      automationVersionId: 'version',
      projectId: 'project',
      run: 1,
    });
    expect(await rows(`select "where" as state, "%" as progress from people."select"`)).toEqual([
      { state: 'im "Bau"', progress: 0 },
    ]);
    const tasks = await rows(
      `select "ID" = 'done' as was_there, "State" as state, "Data"#>>'{build,category}' as category, source, weight, hidden
         from "Big Host"."Task" where "Kind" = 'build_checklist' order by 1 desc, "Data"#>>'{build,slug}'`,
    );
    expect(tasks[0]).toEqual({
      was_there: true,
      state: 'todo',
      category: 'manual',
      source: 'host',
      weight: 1,
      hidden: false,
    });
    expect(tasks.slice(1).map(({ category }) => category)).toEqual(
      expect.arrayContaining(['integration', 'manual']),
    );
    for (const task of tasks.slice(1)) {
      expect(task).toMatchObject({
        was_there: false,
        state: 'todo',
        source: "the library's",
        weight: 3,
        hidden: true,
      });
    }

    await work();
    expect(await rows(`select "State" as state from "Big Host"."Version"`)).toEqual([{ state: "Test's" }]);
    const ended = await rows(
      `select "State" as state, "Data"#>>'{build,category}' as category from "Big Host"."Task" where "Kind" = 'build_checklist'`,
    );
    for (const { state, category } of ended) expect(state).toBe(category === 'integration' ? 'done' : 'todo');
    expect(await auditEntries('acme', 'version')).toMatchObject([
      { actionType: 'request_build', userId: 'user 1', resourceId: 'version' },
      { actionType: 'build_complete', userId: null },
    ]);
  });

  it('may have ids of any text', async () => {
    const id = `O'Neill & Söhne; "1"\\`;
    const quoted = `'${id.replaceAll("'", "''")}'`;
    const sql = `${hostTables('text')}
      insert into automations values (${quoted}, ${quoted}, 'Invoices');
      insert into projects (id, tenant_id, automation_id, name, status) values (${quoted}, ${quoted}, ${quoted}, 'Finance', 'Ready for Build');
      insert into automation_versions (id, tenant_id, automation_id, project_id, status, blueprint_json)
      values (${quoted}, ${quoted}, ${quoted}, ${quoted}, 'Ready for Build', '${BLUEPRINT}');
      insert into quotes values (${quoted}, ${quoted}, ${quoted}, 'signed')`;
    const { builds, rows, work } = await openHost(sql, { host: { ids: 'text' } });
    const ask = (more: object = {}) =>
      builds.requestBuild({
        tenantId: id,
        automationVersionId: id,
        trigger: 'auto_build',
        userId: id,
        ...more,
      });
    const refusal = async (more: object) => (await ask(more))._unsafeUnwrapErr().code;
    expect(await refusal({ tenantId: 'somebody' })).toBe('automation_version_not_found');
    for (const unstorable of ['\0', '\ud800'])
      expect(await refusal({ userId: unstorable })).toBe('invalid_input');
    expect((await ask({ assigneeId: id, idempotencyKey: id })).isOk()).toBe(true);
    await work();
    expect(await rows('select tenant_id, status, requested_by from wrk_builds.workflow_bindings')).toEqual([
      { tenant_id: id, status: 'active', requested_by: id },
    ]);
  });

  it('whose projects point at their version is refused a version that has two projects', async () => {
    const { builds, pool } = await openHost(TWO_ENGAGEMENTS, { host: FOREIGN_MAPPING });
    await pool.query(POINT_THERE_TOO);
    const refused = await builds.requestBuild(REQUEST);
    expect(refused._unsafeUnwrapErr()).toMatchObject({
      code: 'missing_prerequisites',
      details: { missing: [{ code: expect.stringContaining('project') }] },
    });
  });

  it('whose projects point at their version gets the project built that it asked for, whatever else comes to point there', async () => {
    const { builds, rows, work, pool } = await openHost(TWO_ENGAGEMENTS, { host: FOREIGN_MAPPING });
    const accepted = await builds.requestBuild(REQUEST);
    expect(accepted._unsafeUnwrap().projectId).toBe('00000000-0000-0000-0000-0000000000d2');
    await pool.query(POINT_THERE_TOO);
    await work();
    expect(await rows('select name, state from engagements order by name')).toEqual([
      { name: 'Another', state: 'Live' },
      { name: 'Ours', state: 'QATesting' },
    ]);
  });
});
