import type { OwnDatabaseOptions } from './own-database.js';

/** What is written, and may be refused. */
export const WRITES = ['request', 'completion', 'failure', 'retry', 'cancel', 'adopt', 'checklist'] as const;
export type HostWrite = (typeof WRITES)[number];

/** A trigger on a table of the host's, with what its function does. */
export const trigger = (table: string, body: string) => `
  create function of_the_host() returns trigger language plpgsql as $$ begin ${body} end $$;
  create trigger of_the_host before update on ${table} for each row execute function of_the_host()`;

/** Tenants as most hosts have them: audit entries name one that exists. One is deleted with all that names it. */
export const WITHOUT_TENANTS = `
  create table tenants (id uuid primary key);
  insert into tenants select distinct tenant_id from automations;
  alter table audit_logs add constraint audit_logs_tenant foreign key (tenant_id) references tenants (id) on delete cascade;
  delete from tenants`;

/** One way in which a host's database refuses writes for good. */
export interface HostRefusal {
  readonly refuse: (role: string, write: HostWrite) => string;
  /** What it refuses; everything else has to be written. */
  readonly refuses: readonly HostWrite[];
  /** What the error or health names. */
  readonly names: RegExp;
  readonly database?: OwnDatabaseOptions;
}

const AUDITED = WRITES.filter((write) => write !== 'checklist');
/** What writes the version and the project. */
const MOVING = ['request', 'completion', 'cancel', 'adopt'] as const;

/** The label that a write puts on a version. */
const LABELS: Partial<Record<HostWrite, string>> = {
  request: 'Build in Progress',
  completion: 'QA & Testing',
  adopt: 'QA & Testing',
  cancel: 'Ready for Build',
};

export const HOST_REFUSALS: Readonly<Record<string, HostRefusal>> = {
  'a foreign key has lost its row': {
    refuse: () => WITHOUT_TENANTS,
    refuses: AUDITED,
    names: /audit_logs_tenant/,
  },
  'a check refuses the project': {
    refuse: () => 'alter table projects add constraint frozen check (false) not valid',
    refuses: WRITES,
    names: /frozen/,
  },
  'a trigger raises an error': {
    refuse: () => trigger('projects', `raise exception 'the secret of the host';`),
    refuses: WRITES,
    names: /of_the_host\(\) raised P0001/,
  },
  'a trigger drops the write silently': {
    refuse: () => trigger('projects', 'return null;'),
    refuses: WRITES,
    names: /table public\.projects did not take/,
  },
  'a trigger touches another row that is written': {
    refuse: () =>
      trigger(
        'projects',
        'update automation_versions set updated_at = now() where project_id = new.id; return new;',
      ),
    refuses: MOVING,
    names: /27000/,
  },
  'a rule does something else instead': {
    refuse: () => 'create rule frozen as on update to projects do instead nothing',
    refuses: WRITES,
    names: /rule|RETURNING/,
  },
  'a column is too short': {
    refuse: () => 'delete from audit_logs; alter table audit_logs alter action_type type varchar(3)',
    refuses: AUDITED,
    names: /too long/,
  },
  'a column is generated': {
    refuse: () => `
      alter table projects drop checklist_progress;
      alter table projects add checklist_progress integer generated always as (0) stored`,
    refuses: WRITES,
    names: /checklist_progress/,
  },
  'a grant is revoked': {
    refuse: (role) => `revoke update on projects from ${role}`,
    refuses: WRITES,
    names: /permission denied for table projects/,
  },
  'a table is renamed': {
    refuse: () => 'alter table audit_logs rename to audit_trail',
    refuses: AUDITED,
    names: /audit_logs/,
  },
  'an enum has lost its label': {
    database: {
      host: { automationVersions: { status: { column: 'status', enum: 'version_status' } } },
      prepare: `
        create type version_status as enum ('Ready for Build', 'Build in Progress', 'QA & Testing');
        alter table automation_versions alter status type version_status using status::version_status`,
    },
    refuse: (_, write) => {
      const label = LABELS[write];
      return label === undefined ? '' : `alter type version_status rename value '${label}' to 'another'`;
    },
    refuses: MOVING,
    names: /version_status/,
  },
  'row level security hides the project from updates': {
    refuse: (role) => `
      alter table projects enable row level security;
      create policy reading on projects for select to ${role} using (true);
      create policy writing on projects for update to ${role} using (true) with check (false)`,
    refuses: WRITES,
    names: /row-level security policy/,
  },
  'the encoding lacks a character': {
    database: { encoding: 'LATIN1' },
    refuse: () => '',
    // What WRK and people write has “→” in it. A failure is written without it.
    refuses: ['request', 'retry', 'cancel', 'adopt'],
    names: /no place|no equivalent/,
  },
};
