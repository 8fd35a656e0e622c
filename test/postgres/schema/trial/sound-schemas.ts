import type { VerifyOptions } from '../../../../src/adapters/postgres/index.js';

/** A schema that is unlike most, and that the library works with. */
export interface SoundSchema {
  readonly what: string;
  /** What the owner does to the default tables, which have rows. */
  readonly sql: string;
  /** Run after the grants; `ROLE` is the library's role. */
  readonly afterGrants?: string;
  readonly options?: VerifyOptions;
  /** Default: nothing. */
  readonly advises?: RegExp;
  /** The oldest server that has such a thing. */
  readonly since?: number;
}

/** Tables are made anew under the old name, with the rows of the old one. */
const remade = (table: string, create: string) => `
  alter table ${table} rename to old_${table}; ${create}; insert into ${table} select * from old_${table};`;

export const SOUND_SCHEMAS: readonly SoundSchema[] = [
  { what: 'the default tables', sql: 'select 1' },
  {
    what: 'an audit log that is partitioned by month',
    sql: remade(
      'audit_logs',
      `create table audit_logs (like old_audit_logs including defaults, primary key (id, created_at)) partition by range (created_at);
       create table audit_logs_past partition of audit_logs for values from (minvalue) to ('${month(0)}');
       create table audit_logs_now partition of audit_logs for values from ('${month(0)}') to ('${month(1)}');
       create index on audit_logs (tenant_id, resource_id, created_at)`,
    ),
  },
  {
    what: 'an audit log that is partitioned by inheritance',
    sql: `create table audit_logs_now (like audit_logs including all) inherits (audit_logs);
      create function route() returns trigger language plpgsql security definer as $$ begin insert into audit_logs_now select new.*; return null; end $$;
      create trigger route before insert on audit_logs for each row execute function route()`,
  },
  {
    what: 'tasks that are partitioned by tenant',
    sql: remade(
      'tasks',
      `create table tasks (like old_tasks including defaults, primary key (id, tenant_id),
         unique (tenant_id, context_type, context_id, kind, template_slug)) partition by hash (tenant_id);
       create table tasks_0 partition of tasks for values with (modulus 2, remainder 0);
       create table tasks_1 partition of tasks for values with (modulus 2, remainder 1)`,
    ),
  },
  {
    what: 'versions that are partitioned by an expression',
    sql: `alter table quotes drop constraint quotes_automation_version_id_fkey; ${remade(
      'automation_versions',
      `create table automation_versions (like old_automation_versions including defaults) partition by list ((lower(left(id::text, 1))));
       create table automation_versions_rest partition of automation_versions default;
       create index on automation_versions (project_id)`,
    )}`,
  },
  {
    what: 'versions that move from partition to partition with their status',
    sql: `alter table quotes drop constraint quotes_automation_version_id_fkey; ${remade(
      'automation_versions',
      `create table automation_versions (like old_automation_versions including defaults, primary key (id, status)) partition by list (status);
       create table versions_ready partition of automation_versions for values in ('Ready for Build');
       create table versions_rest partition of automation_versions default;
       create index on automation_versions (project_id)`,
    )}`,
  },
  {
    what: 'a view of automations',
    sql: `alter table automations rename to processes; alter table processes rename name to title;
          create view automations as select id, tenant_id, title as name from processes`,
  },
  {
    what: 'a view of projects with the version of each row',
    sql: `alter table projects rename to all_projects;
          create view projects as select id, tenant_id, automation_id, name, status, checklist_progress, owner_id, updated_at, xmin from all_projects where name <> 'gone'`,
  },
  {
    what: 'a view of tasks',
    sql: `alter table tasks rename to all_tasks; create view tasks as select *, xmin from all_tasks`,
  },
  {
    what: 'domains, and domains of domains',
    sql: `create domain key as uuid; create domain project_key as key not null;
          create domain words as text check (value <> ''); create domain long_title as varchar(300); create domain percent as integer check (value between 0 and 100);
          alter table automation_versions alter project_id type key; alter table tasks alter context_id type project_key, alter title type long_title, alter kind type words;
          alter table audit_logs alter action_type type words; alter table projects alter checklist_progress type percent`,
  },
  {
    what: 'columns that are long enough',
    sql: `alter table tasks alter title type varchar(208), alter kind type varchar(15), alter template_slug type varchar(80), alter category type char(20), alter context_type type varchar(7), alter status type varchar(8);
          alter table projects alter status type varchar(30), alter checklist_progress type smallint; alter table automation_versions alter status type char(30);
          alter table audit_logs alter action_type type varchar(15), alter resource_type type varchar(18)`,
  },
  {
    what: 'titles that are long enough for most',
    sql: 'alter table tasks alter title type varchar(100)',
    advises:
      /^public\.tasks\.title takes 100 characters, and the checklist may have 208, .*: run: alter table "public"\."tasks" alter column "title" type varchar\(208\)\.$/,
  },
  {
    what: 'a progress with decimals',
    sql: 'alter table projects alter checklist_progress type numeric(5, 2)',
  },
  {
    what: 'audit entries that the database numbers',
    sql: 'alter table audit_logs drop id; alter table audit_logs add id bigint generated always as identity primary key',
    options: { host: { auditLogs: { idFrom: 'database' } } },
  },
  {
    what: 'audit entries that a sequence numbers',
    sql: 'alter table audit_logs drop id; alter table audit_logs add id bigserial primary key',
    afterGrants: 'grant usage on sequence audit_logs_id_seq to ROLE',
    options: { host: { auditLogs: { idFrom: 'database' } } },
  },
  {
    what: 'metadata as plain JSON',
    sql: 'alter table audit_logs alter metadata_json drop default, alter metadata_json type json; alter table automation_versions alter blueprint_json type text',
  },
  {
    what: 'triggers that normalise, count and tell',
    sql: `create table private_stats (what text, at timestamptz);
      create function tidy() returns trigger language plpgsql as $$ begin new.title := trim(new.title); return new; end $$;
      create trigger tidy before insert or update on tasks for each row execute function tidy();
      create function touch() returns trigger language plpgsql as $$ begin new.updated_at := clock_timestamp(); return new; end $$;
      create trigger touch before update on projects for each row execute function touch();
      create trigger touch before update on automation_versions for each row execute function touch();
      create function recount() returns trigger language plpgsql security definer as $$ begin
        update projects p set checklist_progress = 0 where p.id = new.context_id; return null; end $$;
      create trigger recount after insert on tasks for each row execute function recount();
      create function tell() returns trigger language plpgsql security definer as $$ begin
        insert into private_stats values (tg_table_name, now()); perform pg_notify('changes', tg_table_name); return null; end $$;
      create trigger tell after insert on audit_logs for each statement execute function tell();
      create trigger tell after update on projects for each statement execute function tell()`,
  },
  {
    what: 'indexes in another order, and with more columns',
    sql: `drop index audit_logs_resource; create index on audit_logs (tenant_id, resource_type, resource_id);
          drop index automation_versions_project; create index on automation_versions (tenant_id, project_id) include (status);
          drop index quotes_automation_version; create unique index on quotes (automation_version_id, id);
          alter table tasks drop constraint tasks_context_type_context_id_kind_template_slug_key; create index on tasks (context_id)`,
  },
  {
    what: 'keys that include more, and unique indexes of other tasks',
    sql: `alter table quotes drop constraint quotes_pkey; create unique index on quotes (id) include (status);
          create unique index one_issue on tasks (tenant_id, title) where kind = 'issue';
          create unique index one_title on tasks (context_id, title);
          alter table tasks add external_id text, add unique (external_id)`,
  },
  {
    what: 'row-level security that lets the role through',
    sql: ['projects', 'automation_versions', 'tasks', 'audit_logs', 'quotes', 'automations']
      .map(
        (
          table,
        ) => `alter table ${table} enable row level security; alter table ${table} force row level security;
          create policy of_tenants on ${table} using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);`,
      )
      .join(''),
    afterGrants: ['projects', 'automation_versions', 'tasks', 'audit_logs', 'quotes', 'automations']
      .map((table) => `create policy of_workers on ${table} to ROLE using (true);`)
      .join(''),
  },
  {
    what: 'foreign keys that are checked at the end',
    sql: `alter table automation_versions alter constraint automation_versions_project_id_fkey deferrable initially deferred;
          alter table automation_versions alter constraint automation_versions_automation_id_fkey deferrable;
          alter table tasks add constraint of_project foreign key (context_id) references projects (id) deferrable initially deferred`,
  },
  {
    what: 'foreign keys of two columns',
    sql: `alter table projects add unique (tenant_id, id);
          alter table automation_versions drop constraint automation_versions_project_id_fkey, add foreign key (tenant_id, project_id) references projects (tenant_id, id)`,
  },
  {
    what: 'ids that are shared with a table of everything',
    sql: `create table entities (id uuid primary key); insert into entities select id from projects;
          alter table projects add foreign key (id) references entities (id);
          alter table automation_versions drop constraint automation_versions_project_id_fkey, add foreign key (project_id) references entities (id)`,
  },
  {
    what: 'statuses that are an enum, and of a domain of it',
    sql: `create type stage as enum ('Draft', 'Ready for Build', 'Awaiting Client Approval', 'Build in Progress', 'QA & Testing'); create domain any_stage as stage;
          alter table automation_versions alter status type stage using status::stage; alter table projects alter status type any_stage using status::stage`,
    options: {
      host: {
        projects: { status: { column: 'status', enum: 'stage' } },
        automationVersions: { status: { column: 'status', enum: 'stage' } },
      },
    },
  },
  {
    what: 'an enum without approval by clients',
    sql: `create type stage as enum ('Ready for Build', 'Build in Progress', 'QA & Testing'); alter table automation_versions alter status type stage using status::stage`,
    options: { host: { automationVersions: { status: { column: 'status', enum: 'stage' } } } },
    advises:
      /has no label 'Awaiting Client Approval', which builds start from: .*leave it out of `startableStatuses`/,
  },
  {
    what: 'checks that know everything that is written',
    sql: `alter table audit_logs add check (action_type in ('request_build', 'build_complete', 'build_failed', 'retry_build', 'assign_build', 'cancel_build', 'undo_adoption', 'command_refused', 'message_refused'));
          alter table tasks add check (category in ('integration', 'manual')), add check (kind in ('build_checklist', 'issue'));
          alter table automation_versions add check (status in ('Ready for Build', 'Build in Progress', 'QA & Testing'))`,
  },
  {
    what: 'columns that the database computes, or counts up',
    sql: `alter table tasks add is_done boolean generated always as (status = 'complete') stored, add number integer generated always as identity, add created_at timestamptz not null default now();
          alter table projects add search tsvector generated always as (to_tsvector('simple', name)) stored;
          alter table tasks alter id set default gen_random_uuid()`,
  },
  {
    what: 'ids that the database makes by time',
    sql: 'alter table tasks alter id set default uuidv7(); alter table audit_logs alter id set default uuidv7()',
    options: { host: { auditLogs: { idFrom: 'database' } } },
    since: 180_000,
  },
  {
    what: 'an audit log in another schema, whose name has to be quoted',
    sql: `create schema "Our ""Logs"""; alter table audit_logs set schema "Our ""Logs"""; alter table "Our ""Logs""".audit_logs rename to "select"; alter table "Our ""Logs"""."select" rename user_id to "Wer?"`,
    options: { host: { auditLogs: { schema: 'Our "Logs"', table: 'select', userId: 'Wer?' } } },
  },
  {
    what: 'unlogged tables with statistics and comments',
    sql: `alter table tasks set unlogged; create statistics of_tasks on context_type, kind from tasks; comment on column tasks.kind is 'of the host'`,
  },
];

/** The first day of a month from now. */
function month(later: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + later, 1)).toISOString().slice(0, 10);
}
