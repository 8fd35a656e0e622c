import type { HostMapping, VerifyOptions } from '../../../../src/adapters/postgres/index.js';
import { AGENCY_MAPPING } from '../../../contracts/support/agency-mapping.js';
import { FOREIGN_MAPPING } from '../../../contracts/support/foreign-mapping.js';

/** Something about a host's tables that the library cannot work with. */
export interface Defect {
  readonly what: string;
  /** Run by the owner, before the grants. */
  readonly sql: string;
  /** Run after the grants; `ROLE` is the library's role. */
  readonly afterGrants?: string;
  readonly options?: VerifyOptions;
  /** A mismatch that names the culprit and says what to do. */
  readonly says: RegExp;
  /** The oldest server that has such a thing. */
  readonly since?: number;
}

/** A trigger with what its function does. */
const trigger = (when: string, body: string, name = 'of_the_host') => `
  create function ${name}() returns trigger language plpgsql as $$ begin ${body} end $$;
  create trigger ${name} ${when} execute function ${name}();`;

const foreign = (differences: HostMapping): VerifyOptions => ({
  host: { ...FOREIGN_MAPPING, ...differences },
});

const STATE = 'version_state';
const stateEnum = (...labels: readonly string[]) => `
  create type ${STATE} as enum (${labels.map((label) => `'${label}'`).join(', ')});
  alter table automation_versions alter status type ${STATE} using 'Build in Progress'::${STATE};`;
const WITH_STATE: VerifyOptions = {
  host: { automationVersions: { status: { column: 'status', enum: STATE } } },
};

const RLS = (table: string) => `alter table ${table} enable row level security;`;

/** On the default tables. What the catalog tells. */
export const DEFECTS_IN_CATALOG: readonly Defect[] = [
  {
    what: 'no version can have a start status',
    sql: stateEnum('Draft', 'Build in Progress', 'QA & Testing'),
    options: WITH_STATE,
    says: /version_state of public\.automation_versions\.status has no label 'Ready for Build', which builds start from: .*`startableStatuses`, or run: alter type "public"\."version_state" add value 'Ready for Build'\.$/,
  },
  {
    what: 'no version can have a start status that the host names',
    sql: stateEnum('Ready for Build', 'Build in Progress', 'QA & Testing'),
    options: { ...WITH_STATE, startableStatuses: ['Ready for Build', 'Approved'] },
    says: /has no label 'Approved', which builds start from: .* add value 'Approved'\.$/,
  },
  {
    what: 'two words share a label',
    sql: 'select 1',
    options: {
      host: {
        projects: {
          status: {
            column: 'status',
            labels: { 'Build in Progress': 'Building', 'QA & Testing': 'Building' },
          },
        },
      },
    },
    says: /^`projects\.status` reads the label 'Building' as 'Build in Progress' and as 'QA & Testing', .*: give each a label of its own in `projects\.status\.labels`\.$/,
  },
  {
    what: 'a start status is the label of another word',
    sql: 'select 1',
    options: {
      host: {
        automationVersions: { status: { column: 'status', labels: { 'QA & Testing': 'Ready for Build' } } },
      },
    },
    says: /`automationVersions\.status` reads the label 'Ready for Build' as 'QA & Testing' and as 'Ready for Build'/,
  },
  {
    what: 'the enum of the context has no label for projects',
    sql: `create type context as enum ('engagement', 'client');
          alter table tasks alter context_type type context using 'client'::context`,
    says: /enum public\.context of public\.tasks\.context_type has no label 'project': name the host's own in `tasks\.project\.is` \(it has 'engagement', 'client'\), or run: alter type "public"\."context" add value 'project'\.$/,
  },
  {
    what: 'the enum of the kind has no label for checklists',
    sql: `create type kind as enum ('issue'); alter table tasks alter kind type kind using 'issue'::kind`,
    says: /public\.tasks\.kind has no label 'build_checklist': name another column in `tasks\.kind` .* add value 'build_checklist'\.$/,
  },
  {
    what: 'the link references another table',
    sql: `create table phases (id uuid primary key); update automation_versions set project_id = null;
          alter table automation_versions drop constraint automation_versions_project_id_fkey,
            add constraint of_phase foreign key (project_id) references phases (id)`,
    says: /automation_versions\.project_id references public\.phases \(id\) by of_phase, and the library has ids of public\.projects there: name the column with these in `projectLink\.column`/,
  },
  {
    what: 'tasks reference versions where the mapping says projects',
    sql: 'alter table tasks add constraint of_version foreign key (context_id) references automation_versions (id)',
    says: /tasks\.context_id references public\.automation_versions \(id\) by of_version, .* `tasks\.project`/,
  },
  {
    what: 'quotes reference automations',
    sql: `delete from quotes; alter table quotes drop constraint quotes_automation_version_id_fkey,
            add constraint of_automation foreign key (automation_version_id) references automations (id)`,
    says: /quotes\.automation_version_id references public\.automations \(id\) by of_automation, .* `quotes\.automationVersionId`/,
  },
  {
    what: 'audit entries reference projects alone',
    sql: 'alter table audit_logs add constraint of_project foreign key (resource_id) references projects (id)',
    says: /audit_logs\.resource_id references public\.projects \(id\) by of_project, .* `auditLogs\.resourceId`, or drop the foreign key\.$/,
  },
  {
    what: 'the progress is generated',
    sql: `alter table projects drop checklist_progress;
          alter table projects add checklist_progress integer generated always as (0) stored`,
    says: /projects\.checklist_progress is a generated column, .*`projects\.checklistProgress`, or run: alter table "public"\."projects" alter column "checklist_progress" drop expression\.$/,
  },
  {
    what: 'the progress is generated when it is read',
    sql: `alter table projects drop checklist_progress;
          alter table projects add checklist_progress integer generated always as (0) virtual`,
    says: /projects\.checklist_progress is a generated column, .* or make it a plain column\.$/,
    since: 180_000,
  },
  {
    what: 'the progress is an identity',
    sql: `alter table projects drop checklist_progress;
          alter table projects add checklist_progress integer generated always as identity`,
    says: /projects\.checklist_progress is an identity column .*run: alter table "public"\."projects" alter column "checklist_progress" set generated by default\.$/,
  },
  {
    what: 'the progress has two digits',
    sql: `alter table projects drop constraint projects_checklist_progress_check;
          alter table projects alter checklist_progress type numeric(4, 2)`,
    says: /projects\.checklist_progress has type numeric\(4,2\), which does not hold 100: run: alter table .* type integer\.$/,
  },
  {
    what: 'titles are short',
    sql: 'alter table tasks alter title type varchar(20)',
    says: /tasks\.title takes 20 characters, and '.*' does not fit: run: alter table "public"\."tasks" alter column "title" type varchar\(208\)\.$/,
  },
  {
    what: 'kinds are short',
    sql: 'alter table tasks alter kind type char(8)',
    says: /tasks\.kind takes 8 characters, and 'build_checklist' does not fit: run: .* type varchar\(15\)\.$/,
  },
  {
    what: 'slugs are short',
    sql: 'alter table tasks alter template_slug type varchar(12)',
    says: /tasks\.template_slug takes 12 characters, .* does not fit: run: alter table/,
  },
  {
    what: 'categories are short, and a view shows them',
    sql: 'alter table tasks alter category type varchar(8); create view task_list as select category from tasks',
    says: /tasks\.category takes 8 characters, and 'integration' does not fit: change its type to varchar\(11\), and what depends on it\.$/,
  },
  {
    what: 'a domain of the context is short',
    sql: `create domain tag as varchar(5); alter table tasks alter context_type type tag`,
    says: /tasks\.context_type takes 5 characters, and 'project' does not fit: change its type to varchar\(7\)/,
  },
  {
    what: 'actions are short',
    sql: 'alter table audit_logs alter action_type type varchar(14)',
    says: /audit_logs\.action_type takes 14 characters, and 'command_refused' does not fit: run: /,
  },
  {
    what: 'resource types are short',
    sql: 'alter table audit_logs alter resource_type type varchar(17)',
    says: /audit_logs\.resource_type takes 17 characters, and 'automation_version' does not fit: run: /,
  },
  {
    what: 'statuses are short',
    sql: `delete from quotes; delete from automation_versions; alter table automation_versions alter status type varchar(12)`,
    says: /automation_versions\.status takes 12 characters, and 'Build in Progress' does not fit: run: /,
  },
  {
    what: 'actions are an enum',
    sql: `create type action as enum ('request_build'); alter table audit_logs alter action_type type action using 'request_build'::action`,
    says: /audit_logs\.action_type has the enum type action, and the library writes text: run: alter table .* alter column "action_type" type text\.$/,
  },
  {
    what: 'categories are an enum',
    sql: `create type category as enum ('integration', 'manual'); alter table tasks alter category type category using 'manual'::category`,
    says: /tasks\.category has the enum type category, and the library writes text: run: /,
  },
  {
    what: 'every audit entry has a user',
    sql: 'alter table audit_logs alter user_id set not null',
    says: /audit_logs\.user_id is NOT NULL, and what a worker does is done by no user: name another column in `auditLogs\.userId`, or run: alter table "public"\."audit_logs" alter column "user_id" drop not null\.$/,
  },
  {
    what: 'every audit entry has a user, by a domain',
    sql: 'create domain who as uuid not null; alter table audit_logs alter user_id type who',
    says: /audit_logs\.user_id is NOT NULL, .*: name another column in `auditLogs\.userId`\.$/,
  },
  {
    what: 'a task wants what nobody gives it',
    sql: 'alter table tasks add created_by uuid not null',
    says: /tasks\.created_by is NOT NULL without a default, .*: give it a default, or name it in `tasks\.also`\.$/,
  },
  {
    what: 'an audit entry wants what nobody gives it, by a domain below a domain',
    sql: `create domain ip as text not null; create domain client_ip as ip; alter table audit_logs add ip client_ip`,
    says: /audit_logs\.ip is NOT NULL without a default, .*: give it a default\.$/,
  },
  {
    what: 'a rule drops updates of projects',
    sql: 'create rule frozen as on update to projects do instead nothing',
    says: /The rule frozen of public\.projects changes what an update does, .*run: drop rule "frozen" on "public"\."projects"\.$/,
  },
  {
    what: 'a rule copies audit entries',
    sql: `create table copies (id uuid); create rule copying as on insert to audit_logs do also insert into copies values (new.id)`,
    says: /The rule copying of public\.audit_logs changes what an insert does/,
  },
  {
    what: 'the key of a checklist is deferrable',
    sql: `alter table tasks drop constraint tasks_context_type_context_id_kind_template_slug_key,
            add constraint once unique (context_type, context_id, kind, template_slug) deferrable initially deferred`,
    says: /unique index once of public\.tasks is deferrable, .*run: alter table "public"\."tasks" drop constraint "once", add constraint "once" unique \("context_type", "context_id", "kind", "template_slug"\)\.$/,
  },
  {
    what: 'a tenant has each title once',
    sql: 'create unique index one_title on tasks (tenant_id, title)',
    says: /unique index one_title of public\.tasks is on \(tenant_id, title\), which the checklist of every project repeats, .*: add "context_id" to its columns\.$/,
  },
  {
    what: 'a slug is there once',
    sql: 'alter table tasks add constraint one_slug unique (kind, template_slug)',
    says: /unique index one_slug of public\.tasks .*without an error/,
  },
  {
    what: 'the id of a version is unique among some of them',
    sql: `alter table quotes drop constraint quotes_automation_version_id_fkey; alter table automation_versions drop constraint automation_versions_pkey;
          create unique index alive on automation_versions (id) where status <> 'Archived'`,
    says: /automation_versions has no unique index on \("id"\): run: create unique index on "public"\."automation_versions" \("id"\)\.$/,
  },
  {
    what: 'partitions of tasks have no id',
    sql: `alter table tasks rename to old_tasks; create table tasks (like old_tasks including defaults) partition by hash (tenant_id);
          create table tasks_0 partition of tasks for values with (modulus 1, remainder 0)`,
    says: /public\.tasks has no unique index on \("id"\): run: create unique index on "public"\."tasks" \("id", "tenant_id"\)\.$/,
  },
  {
    what: 'the sequence of audit entries is closed',
    sql: 'alter table audit_logs drop id; alter table audit_logs add id bigserial primary key',
    options: { host: { auditLogs: { idFrom: 'database' } } },
    says: /lacks the usage privilege on the sequence public\.audit_logs_id_seq, .*audit_logs\.id draws from: run: grant usage on sequence public\.audit_logs_id_seq to /,
  },
  {
    what: 'row-level security lets nobody write projects',
    sql: `${RLS('projects')} create policy reading on projects for select using (true)`,
    says: /Row-level security of public\.projects has no policy that lets the role \S+ update: run: create policy "wrk_builds_worker" on "public"\."projects" to /,
  },
  {
    what: 'row-level security hides every version',
    sql: RLS('automation_versions'),
    says: /Row-level security of public\.automation_versions has no policy that lets the role \S+ select or update: run: /,
  },
  {
    what: 'a view of projects does not tell one state of a row from another',
    sql: `alter table projects rename to all_projects; create view projects as select * from all_projects`,
    says: /public\.projects is a view, and the library has to lock its rows: name the underlying table in `projects\.table`, or add its `xmin` to the columns of the view\.$/,
  },
  {
    what: 'a column of a view cannot be written',
    sql: `alter table projects rename to all_projects;
          create view projects as select id, tenant_id, name, status, coalesce(checklist_progress, 0) as checklist_progress, updated_at, xmin from all_projects`,
    says: /projects\.checklist_progress is a column of a view that cannot be written: /,
  },
  {
    what: 'the metadata of entries is a list of words',
    sql: 'alter table audit_logs alter metadata_json drop default, alter metadata_json type text[] using null',
    says: /audit_logs\.metadata_json has type text\[\], but jsonb is required/,
  },
];

/** On the default tables. What only a trial tells. */
export const DEFECTS_IN_TRIAL: readonly Defect[] = [
  {
    what: 'a trigger refuses that a build begins',
    sql: trigger(
      'before update on automation_versions for each row',
      `if new.status = 'Build in Progress' then raise exception 'the secret of the host'; end if; return new;`,
    ),
    says: /^The trigger of_the_host of public\.automation_versions \(function of_the_host\(\)\) refuses a request \(of_the_host\(\) raised P0001\): change it/,
  },
  {
    what: 'a trigger refuses QA',
    sql: trigger(
      'before update on automation_versions for each row',
      `if new.status = 'QA & Testing' then raise exception 'no'; end if; return new;`,
    ),
    says: /^The trigger of_the_host of public\.automation_versions .* refuses a completion and an adoption /,
  },
  {
    what: 'a trigger refuses that a project goes back',
    sql: trigger(
      'after update on projects for each row',
      `if old.status = 'Build in Progress' and new.status = 'Ready for Build' then raise exception 'no'; end if; return null;`,
    ),
    says: /^The trigger of_the_host of public\.projects .* refuses a cancellation /,
  },
  {
    what: 'a trigger refuses whatever is done',
    sql: trigger('before insert or update on projects for each statement', `raise exception 'no';`),
    says: /^The trigger of_the_host of public\.projects .* refuses a request and a change of the checklist /,
  },
  {
    what: 'a function that a trigger calls refuses',
    sql: `create function helper() returns void language plpgsql as $$ begin raise exception 'no'; end $$;
      ${trigger('before update on projects for each row', 'perform helper(); return new;')}`,
    says: /^The function helper\(\) refuses a request/,
  },
  {
    what: 'a trigger drops updates of projects',
    sql: trigger('before update on projects for each row', 'return null;'),
    says: /^public\.projects does not take a request and a change of the checklist, and reports no error: let the trigger of_the_host of public\.projects return the row, and not null\.$/,
  },
  {
    what: 'a trigger drops QA of versions',
    sql: trigger(
      'before update on automation_versions for each row',
      `if new.status = 'QA & Testing' then return null; end if; return new;`,
    ),
    says: /^public\.automation_versions does not take a completion and an adoption, .*trigger of_the_host /,
  },
  {
    what: 'a trigger drops new tasks',
    sql: trigger('before insert on tasks for each row', 'return null;'),
    says: /^public\.tasks does not take every row of a request, and reports no error: let the trigger of_the_host of public\.tasks return the row/,
  },
  {
    what: 'a trigger drops audit entries',
    sql: trigger('before insert on audit_logs for each row', 'return null;'),
    says: /^public\.audit_logs does not take every row of a request, .*trigger of_the_host of public\.audit_logs /,
  },
  {
    what: 'a trigger keeps versions where they are',
    sql: trigger(
      'before update on automation_versions for each row',
      'new.status := old.status; return new;',
    ),
    says: /^public\.automation_versions changes what a request writes: 'Build in Progress' reads 'Ready for Build' .*`automationVersions\.status`: let the trigger of_the_host keep what it is given\.$/,
  },
  {
    what: 'a trigger writes slugs otherwise',
    sql: trigger(
      'before insert on tasks for each row',
      `new.template_slug := replace(new.template_slug, '-', '_'); return new;`,
    ),
    says: /^public\.tasks changes what a request writes: 'create-workflow' reads 'create_workflow' .*`tasks\.slug`: let the trigger of_the_host /,
  },
  {
    what: 'a trigger completes tasks',
    sql: trigger('before insert on tasks for each row', `new.status := 'complete'; return new;`),
    says: /^public\.tasks changes what a request writes: 'pending' reads 'complete' .*`tasks\.status`/,
  },
  {
    what: 'a trigger touches what is being written',
    sql: trigger(
      'before update on projects for each row',
      'update automation_versions set updated_at = now() where project_id = new.id; return new;',
    ),
    says: /^A trigger changes a row that a request.* is about to write \(.*\): let the trigger of_the_host of public\.projects do that in an AFTER trigger\.$/,
  },
  {
    what: 'a trigger writes what the role may not',
    sql: `create table stats (id uuid); ${trigger('after update on projects for each row', 'insert into stats values (new.id); return null;')}`,
    says: /^The trigger of_the_host of public\.projects .* needs a privilege that the role \S+ lacks, so that a request and a change of the checklist cannot be written \(permission denied for table stats\): grant it to the role, or declare the function `security definer`\.$/,
  },
  {
    what: 'a trigger reads a table that is gone',
    sql: trigger('after insert on audit_logs for each row', 'perform 1 from gone; return null;'),
    says: /^The trigger of_the_host of public\.audit_logs .*\(relation "gone" does not exist\)/,
  },
  {
    what: 'a trigger divides by zero',
    sql: trigger('after update on projects for each row', 'perform 1 / new.checklist_progress; return null;'),
    says: /^The trigger of_the_host of public\.projects .* refuses a request.*division by zero/,
  },
  {
    what: 'a check knows other statuses',
    sql: `alter table automation_versions add constraint stages check (status in ('Ready for Build', 'Building', 'QA & Testing'))`,
    says: /^The check stages of public\.automation_versions, CHECK .*, refuses a request, which writes status 'Build in Progress' or 'QA & Testing': let it take that/,
  },
  {
    what: 'a check knows other kinds',
    sql: `alter table tasks add constraint kinds check (kind in ('issue', 'todo'))`,
    says: /^The check kinds of public\.tasks, .* refuses a request, which writes kind 'build_checklist'/,
  },
  {
    what: 'a check knows one category',
    sql: `alter table tasks add constraint categories check (category = 'integration')`,
    says: /^The check categories of public\.tasks, .*category 'integration' or 'manual'/,
  },
  {
    what: 'a check knows some actions',
    sql: `alter table audit_logs add constraint actions check (action_type in ('request_build', 'build_complete', 'build_failed', 'retry_build'))`,
    says: /^The check actions of public\.audit_logs, .* refuses a cancellation and an audit entry, which writes action_type /,
  },
  {
    what: 'a check knows no builds',
    sql: `alter table audit_logs add constraint kinds check (resource_type = 'automation_version')`,
    says: /^The check kinds of public\.audit_logs, .* refuses an audit entry, which writes resource_type 'automation_version' or 'workflow_binding'/,
  },
  {
    what: 'a progress never gets to 100',
    sql: 'alter table projects add constraint almost check (checklist_progress < 100)',
    says: /^The check almost of public\.projects, .* refuses a change of the checklist/,
  },
  {
    what: 'a domain knows other statuses',
    sql: `create domain stage as text constraint stages check (value in ('Ready for Build', 'QA & Testing')); alter table projects alter status type stage`,
    says: /^The check stages of the domain public\.stage, CHECK .*, refuses a request/,
  },
  {
    what: 'a condition wants a user of every entry',
    sql: 'alter table audit_logs add constraint somebody check (user_id is not null)',
    says: /^The check somebody of public\.audit_logs, CHECK \(\(user_id IS NOT NULL\)\), refuses a request/,
  },
  {
    what: 'the tenant of an entry has no row',
    sql: `create table tenants (id uuid primary key);
          alter table audit_logs add constraint of_tenant foreign key (tenant_id) references tenants (id)`,
    says: /^The foreign key of_tenant of public\.audit_logs, FOREIGN KEY \(tenant_id\) REFERENCES tenants\(id\), refuses a request/,
  },
  {
    what: 'a slug is that of a template',
    sql: `create table templates (slug text primary key);
          alter table tasks add constraint of_template foreign key (template_slug) references templates (slug)`,
    says: /^The foreign key of_template of public\.tasks, .*, refuses a request, which writes template_slug 'create-workflow'/,
  },
  {
    what: 'a foreign key is checked at the end',
    sql: `create table titles (title text primary key);
          alter table tasks add constraint of_title foreign key (title) references titles (title) deferrable initially deferred`,
    says: /^The foreign key of_title of public\.tasks, /,
  },
  {
    what: 'a trigger waits for the end',
    sql: `create function at_the_end() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
          create constraint trigger at_the_end after update on projects deferrable initially deferred for each row execute function at_the_end()`,
    says: /^The trigger at_the_end of public\.projects \(function at_the_end\(\)\) refuses a request/,
  },
  {
    what: 'a version has an entry of each action once',
    sql: 'create unique index one_of_each on audit_logs (resource_id, action_type)',
    says: /^The unique index one_of_each of public\.audit_logs, .*, refuses an audit entry/,
  },
  {
    what: 'entries exclude each other',
    sql: 'alter table audit_logs add constraint one_entry exclude (resource_id with =)',
    says: /^The exclusion constraint one_entry of public\.audit_logs, EXCLUDE .*, refuses a completion, /,
  },
  {
    what: 'tasks of one project exclude each other',
    sql: 'alter table tasks add constraint one_task exclude (context_id with =)',
    says: /^public\.tasks does not take every row of a request, .*exclusion constraint one_task take/,
  },
  {
    what: 'a project has one task of a kind',
    sql: 'create unique index one_kind on tasks (context_id, kind)',
    says: /^public\.tasks does not take every row of a request, .*one_kind/,
  },
  {
    what: 'a policy refuses what is written',
    sql: `${RLS('projects')} create policy all_of_them on projects using (true) with check (status <> 'Build in Progress')`,
    says: /^Row-level security of public\.projects refuses a request \(new row violates row-level security policy for table "projects"\): run: create policy /,
  },
  {
    what: 'a policy hides a project from locks',
    sql: `${RLS('projects')} create policy reading on projects for select using (true);
          create policy writing on projects for update using (status = 'Draft')`,
    says: /^Row-level security of public\.projects hides a row from the locks of a request that the role \S+ may read: run: create policy /,
  },
  {
    what: 'a restrictive policy hides builds from locks',
    sql: `${RLS('automation_versions')} create policy all_of_them on automation_versions using (true) with check (true);
          create policy not_now on automation_versions as restrictive for update using (status <> 'Build in Progress') with check (true)`,
    says: /^Row-level security of public\.automation_versions hides a row from the locks of a completion.*: take the role \S+ out of the restrictive policy not_now/,
  },
  {
    what: 'a policy wants a setting that nobody makes',
    sql: `${RLS('quotes')} create policy of_tenants on quotes using (tenant_id = current_setting('app.no_such_tenant')::uuid)`,
    says: /^The database refuses a read \(unrecognized configuration parameter "app\.no_such_tenant"\): /,
  },
  {
    what: 'a policy refuses audit entries without a user',
    sql: `${RLS('audit_logs')} create policy reading on audit_logs for select using (true);
          create policy adding on audit_logs for insert with check (user_id is not null)`,
    says: /^Row-level security of public\.audit_logs refuses a request/,
  },
  {
    what: 'there is no partition for today',
    sql: `alter table audit_logs rename to old_audit_logs; create table audit_logs (like old_audit_logs including defaults) partition by range (created_at);
          create table audit_logs_2020 partition of audit_logs for values from ('2020-01-01') to ('2021-01-01')`,
    options: { host: { auditLogs: { idFrom: 'library' } } },
    says: /^public\.audit_logs has no partition for a row that a request.* writes: create it/,
  },
];

/** On the tables of the foreign host. */
export const FOREIGN_DEFECTS: readonly Defect[] = [
  {
    what: 'the enum of priorities has no label for blockers',
    sql: 'select 1',
    options: foreign({
      tasks: { ...FOREIGN_MAPPING.tasks, blocker: { column: 'priority', equals: 'urgent' } },
    }),
    says: /enum public\.todo_priority of public\.todos\.priority has no label 'urgent': name the host's own in `tasks\.blocker\.equals` \(it has 'blocker', 'important', 'optional'\), or run: alter type "public"\."todo_priority" add value 'urgent'\.$/,
  },
  {
    what: 'a new task blocks its own build',
    sql: `alter table todos alter priority set default 'blocker'`,
    says: /^A task of the checklist blocks its own build: give `todos\.priority` another default, or name it in `tasks\.also`\.$/,
  },
  {
    what: 'tasks hang on versions',
    sql: 'select 1',
    options: foreign({ tasks: { ...FOREIGN_MAPPING.tasks, project: 'process_version_id' } }),
    says: /todos\.process_version_id references public\.process_versions \(id\) by .*, and the library has ids of public\.engagements there: name the column with these in `tasks\.project`/,
  },
  {
    what: 'the versions point at something else',
    sql: 'select 1',
    options: foreign({ projectLink: { in: 'projects', column: 'process_id' } }),
    says: /engagements\.process_id references public\.processes \(id\) by .*ids of public\.process_versions there: .*`projectLink\.column`/,
  },
  {
    what: 'two labels of quotes are one',
    sql: 'select 1',
    options: foreign({
      quotes: {
        ...FOREIGN_MAPPING.quotes,
        status: {
          column: 'state',
          enum: 'offer_state',
          labels: { signed: 'accepted', withdrawn: 'accepted' },
        },
      },
    }),
    says: /^`quotes\.status` reads the label 'accepted' as 'signed' and as 'withdrawn'/,
  },
  {
    what: 'progress is a fraction',
    sql: 'alter table engagements alter done_percent type numeric(3, 2)',
    says: /engagements\.done_percent has type numeric\(3,2\), which does not hold 100/,
  },
  {
    what: 'the organisation of an entry is another',
    sql: `create table tenants (id uuid primary key);
          alter table audit_trail drop constraint audit_trail_org_id_fkey, add constraint of_tenant foreign key (org_id) references tenants (id)`,
    says: /^The foreign key of_tenant of public\.audit_trail, /,
  },
  {
    what: 'an engagement is not tested before everything is done',
    sql: trigger(
      'before update on engagements for each row',
      `if new.state = 'QATesting' and new.done_percent < 100 then raise exception 'not done'; end if; return new;`,
    ),
    says: /^The trigger of_the_host of public\.engagements .* refuses a completion and an adoption /,
  },
];

/** On the default tables with ids of text. */
export const TEXT_ID_DEFECTS: readonly Defect[] = [
  {
    what: 'an audit entry names things by ids of 26 characters',
    sql: 'alter table audit_logs alter resource_id type varchar(26)',
    says: /audit_logs\.resource_id takes 26 characters, and '[0-9a-f-]{36}' does not fit: run: alter table .* type varchar\(36\)\.$/,
  },
  {
    what: 'the id of a task is short',
    sql: 'alter table tasks alter id drop default, alter id type char(26)',
    says: /tasks\.id takes 26 characters/,
  },
];

const agency = (differences: HostMapping): VerifyOptions => ({ host: { ...AGENCY_MAPPING, ...differences } });
const agencyTasks = (differences: HostMapping['tasks']) =>
  agency({ tasks: { ...AGENCY_MAPPING.tasks, ...differences } });
const ALSO = AGENCY_MAPPING.tasks?.also;

/** On the tables of an agency, which has conditions, references and partitions. */
export const AGENCY_DEFECTS: readonly Defect[] = [
  {
    what: 'a condition compares with a label that the enum lacks',
    sql: 'select 1',
    options: agency({
      quotes: { ...AGENCY_MAPPING.quotes, where: { quote_type: { in: ['build', 'rebuild'] } } },
    }),
    says: /enum agency\.quote_kind of agency\.quotes\.quote_type has no label 'rebuild': name the host's own in `quotes\.where\.quote_type` .* add value 'rebuild'\.$/,
  },
  {
    what: 'a condition compares with what is no number',
    sql: 'select 1',
    options: agency({ quotes: { ...AGENCY_MAPPING.quotes, where: { price: { equals: 'free' } } } }),
    says: /agency\.quotes\.price has type numeric\(12,2\), and `quotes\.where\.price` has 'free': give a value of that type there/,
  },
  {
    what: 'a condition that no row meets',
    sql: `update agency.versions set deleted_at = now(); alter table agency.versions alter deleted_at set not null`,
    says: /agency\.versions\.deleted_at is NOT NULL, and `automationVersions\.where\.deleted_at` wants it to be null, so that no row exists for the library: leave the condition out/,
  },
  {
    what: 'a version that is being built meets no condition',
    sql: 'select 1',
    options: agency({
      automationVersions: {
        ...AGENCY_MAPPING.automationVersions,
        where: { stage: { in: ['ready', 'awaiting_client'] } },
      },
    }),
    says: /^A row of agency\.versions does not exist for the library any more once a request has written it: let `automationVersions\.where` hold /,
  },
  {
    what: 'a new task meets no condition',
    sql: 'select 1',
    options: agencyTasks({ where: { severity: { in: ['blocker'] } } }),
    says: /^agency\.tasks does not take every row of a request, .*: let `tasks\.where` hold for a new task/,
  },
  {
    what: 'a further column has ids of another table',
    sql: 'select 1',
    options: agencyTasks({ also: { ...ALSO, automation_id: { from: 'projectId' } } }),
    says: /agency\.tasks\.automation_id references agency\.automations \(id\) by .*, and the library has ids of agency\.projects there: .*`tasks\.also`/,
  },
  {
    what: 'a further column has nobody',
    sql: 'select 1',
    options: agencyTasks({ also: { ...ALSO, created_by: { from: 'requestedBy' } } }),
    says: /agency\.tasks\.created_by is NOT NULL, and a build may be requested by no user: give `otherwise` beside `from` in `tasks\.also`, or run: alter table "agency"\."tasks" alter column "created_by" drop not null\.$/,
  },
  {
    what: 'a further column has a label that the enum lacks',
    sql: `create type agency.channel as enum ('client'); alter table agency.tasks alter channel type agency.channel using 'client'::agency.channel`,
    says: /enum agency\.channel of agency\.tasks\.channel has no label 'internal': name the host's own in `tasks\.also\.channel`/,
  },
  {
    what: 'a further column is short',
    sql: `alter table agency.audit_log alter source type varchar(4)`,
    says: /agency\.audit_log\.source takes 4 characters, and 'wrk-builds' does not fit: run: /,
  },
  {
    what: 'tasks of versions reference projects',
    sql: 'select 1',
    options: agencyTasks({ automationVersion: 'project_id', project: null }),
    says: /agency\.tasks\.project_id references agency\.projects \(id\) by .*, and the library has ids of agency\.versions there: .*`tasks\.automationVersion`/,
  },
  {
    what: 'the time of a change is computed',
    sql: `alter table agency.tasks drop updated_at; alter table agency.tasks add updated_at timestamptz generated always as (created_at) stored`,
    says: /agency\.tasks\.updated_at is a generated column, .*`tasks\.updatedAt`/,
  },
  {
    what: 'the slugs of a project are unique, whatever version they are of',
    sql: `create unique index one_slug on agency.tasks (workspace_id, kind, slug)`,
    says: /unique index one_slug of agency\.tasks .*add "project_id" or "automation_version_id" to its columns\.$/,
  },
];
