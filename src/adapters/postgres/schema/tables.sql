-- The default tables. Two parts, separated by lines that begin with "-- @":
--   @host        the host's tables, in the flows' names; the library never creates or alters them.
--   @migration N the library's own tables; `migrate` runs each migration once, in order. Stored strings never change.
-- `host_id` stands for the type of the host's ids: uuid or text. Anything after it stays as it is.

-- @host
create table automations (
  id host_id primary key default gen_random_uuid(),
  tenant_id host_id not null,
  name text not null
);

create table projects (
  id host_id primary key default gen_random_uuid(),
  tenant_id host_id not null,
  automation_id host_id not null references automations (id),
  name text not null,
  status text not null,
  checklist_progress integer not null default 0 check (checklist_progress between 0 and 100),
  owner_id host_id,
  updated_at timestamptz not null default now()
);

create table automation_versions (
  id host_id primary key default gen_random_uuid(),
  tenant_id host_id not null,
  automation_id host_id not null references automations (id),
  project_id host_id references projects (id),
  status text not null,
  blueprint_json jsonb not null,
  updated_at timestamptz not null default now()
);
create index automation_versions_project on automation_versions (project_id);

create table quotes (
  id host_id primary key default gen_random_uuid(),
  tenant_id host_id not null,
  automation_version_id host_id not null references automation_versions (id),
  status text not null,
  expires_at timestamptz
);
create index quotes_automation_version on quotes (automation_version_id);

create table tasks (
  id host_id primary key default gen_random_uuid(),
  tenant_id host_id not null,
  context_type text not null,
  context_id host_id not null,
  kind text not null,
  template_slug text not null,
  category text,
  title text not null,
  status text not null,
  is_blocker boolean not null default false,
  unique (context_type, context_id, kind, template_slug)
);

create table audit_logs (
  id host_id primary key default gen_random_uuid(),
  tenant_id host_id not null,
  user_id host_id,
  action_type text not null,
  resource_type text not null,
  resource_id host_id not null,
  metadata_json jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index audit_logs_resource on audit_logs (tenant_id, resource_id, created_at);

-- @migration 1
-- The source of truth for builds. One row for each automation version that was ever requested.
create table workflow_bindings (
  id uuid primary key,
  tenant_id host_id not null,
  automation_version_id host_id not null unique,
  -- The project that the build was requested for. Where projects point at their version, the version does not identify it.
  project_id host_id,
  status text not null check (status in ('pending', 'active', 'error', 'cancelled')),
  -- Who carries out the build: workers or people. A manual build never has a message.
  orchestration text not null default 'automatic' check (orchestration in ('automatic', 'manual')),
  wrk_workflow_id text unique,
  wrk_workflow_url text,
  -- What an adoption changed besides, so that it can be undone: {"completedTasks": [{"taskId", "statusBefore"}]}. Null
  -- unless a person gave the build its workflow, and not WRK's own answer.
  adoption jsonb,
  run integer not null,
  fence integer not null,
  -- Due builds of one tenant with a higher priority run first. Every message of the build gets the same priority.
  priority integer not null default 0,
  run_at timestamptz not null,
  lease_until timestamptz,
  -- When WRK is asked what became of calls whose outcome is unknown; null if there is nothing to ask.
  follow_up_at timestamptz,
  -- How often it was asked since the run ended.
  follow_ups integer not null default 0,
  decision_id uuid not null,
  request_id text not null,
  requested_by host_id,
  assignee_id host_id,
  -- +1 each time ops request a fresh idempotency key; part of the key unless 0.
  key_generation integer not null default 0,
  -- The run for which a person accepted that WRK may create a second workflow; null if none.
  duplicate_risk_run integer,
  came_from_version_status text not null,
  came_from_project_status text not null,
  error_reason text,
  error_details jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (status <> 'active' or (wrk_workflow_id is not null and wrk_workflow_url is not null)),
  check (status <> 'error' or error_reason is not null),
  check (status = 'active' or adoption is null)
);
-- For the sweep. Without the condition it would read manual builds, which stay pending for a long time, on every run.
create index workflow_bindings_due on workflow_bindings (run_at, id)
  where status = 'pending' and orchestration = 'automatic';
-- For the concurrency limits of claims: contains only builds that a worker holds, or held when it died.
create index workflow_bindings_leased on workflow_bindings (tenant_id, lease_until)
  where status = 'pending' and lease_until is not null;
-- For the follow-up: contains only ended builds with a call whose outcome is unknown.
create index workflow_bindings_follow_up on workflow_bindings (follow_up_at) where follow_up_at is not null;
-- For lists of a tenant's builds, newest first: all, by status, and by assignee.
create index workflow_bindings_list on workflow_bindings (tenant_id, created_at, id);
create index workflow_bindings_status on workflow_bindings (tenant_id, status, created_at, id);
create index workflow_bindings_assignee on workflow_bindings (tenant_id, assignee_id, created_at, id)
  where assignee_id is not null;
-- For counting the builds whose outcome the host's database refused.
create index workflow_bindings_refused on workflow_bindings (updated_at) where error_reason = 'outcome_refused';
-- For watching a tenant: the builds that have changed since a point in time.
create index workflow_bindings_changed on workflow_bindings (tenant_id, updated_at);

-- Undoes a statement that wrote a row which the host's table then did not take: a trigger or a rule can drop a write without
-- an error. Called in the statement itself, which takes no round trip.
create function refuse_lost_write(lost_table text) returns boolean language plpgsql as $$
begin
  raise exception using errcode = 'WB002', table = lost_table,
    message = pg_catalog.format('table %s did not take a row that was written', lost_table);
end $$;
revoke execute on function refuse_lost_write(text) from public;

-- The ledger: each call to WRK is recorded before it is made, and closed once by its id.
create table workflow_calls (
  id uuid primary key,
  tenant_id host_id not null,
  binding_id uuid not null,
  run integer not null,
  number integer not null,
  fence integer not null,
  content_hash text not null,
  outcome text check (outcome in ('created', 'rejected', 'refused', 'unknown', 'not_sent')),
  detail text,
  findings jsonb,
  http_status integer,
  wrk_request_id text,
  duration_ms integer,
  wrk_workflow_id text,
  wrk_workflow_url text,
  decision_id uuid,
  started_at timestamptz not null default now(),
  closed_at timestamptz,
  unique (binding_id, run, number),
  check ((outcome is null) = (closed_at is null))
);

-- Queue and outbox in one. A message is deleted when it is settled; a dead letter stays, with its reason.
create table messages (
  id bigint generated always as identity primary key,
  queue text not null,
  key text not null,
  tenant_id host_id not null,
  binding_id uuid,
  body jsonb not null,
  priority integer not null default 0,
  run_at timestamptz not null,
  lease_until timestamptz,
  -- Until when an engine is assumed to hold the message; null if it was not handed over, or no longer is.
  handed_until timestamptz,
  -- How often it was handed over since it last was not.
  hand_overs integer not null default 0,
  delivery_count integer not null default 0,
  -- Why a message that comes back later was not handled; null if nothing went wrong.
  problem text,
  dead_at timestamptz,
  dead_reason text,
  created_at timestamptz not null default now()
);
-- Messages have a high turnover: with the default, a full queue would be vacuumed only after a fifth of it was deleted.
alter table messages set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
-- One waiting message for each key; a dead letter frees its key.
create unique index messages_key on messages (queue, key) where dead_at is null;
create index messages_due on messages (queue, run_at) where dead_at is null;
-- For the claim: steps from tenant to tenant and finds the due messages of each without reading the rest. On an expression,
-- so that no other index can serve it: a planner that assumes an empty queue uses any index that begins with the queue.
create index messages_round_robin on messages ((queue || ' round robin'), tenant_id, priority, run_at)
  where dead_at is null;
-- For counting handed-over messages. On an expression, like messages_round_robin; empty without an engine.
create index messages_handed on messages ((queue || ' handed'), run_at)
  where handed_until is not null and dead_at is null;
create index messages_dead on messages (tenant_id, dead_at) where dead_at is not null;
-- For counting dead letters and removing old ones.
create index messages_dead_age on messages (dead_at, queue) where dead_at is not null;

-- The delivery status of each notification for each recipient.
create table notification_deliveries (
  key text primary key,
  tenant_id host_id not null,
  binding_id uuid not null,
  channel text not null,
  template text not null,
  recipient_id text not null,
  status text not null check (status in ('delivered', 'failed', 'given_up')),
  attempts integer not null,
  problem text,
  updated_at timestamptz not null default now()
);
-- For removing what is old.
create index notification_deliveries_age on notification_deliveries (updated_at);

create table in_app_notifications (
  id uuid primary key default gen_random_uuid(),
  key text not null unique,
  tenant_id host_id not null,
  user_id text not null,
  template text not null,
  data_json jsonb not null,
  created_at timestamptz not null default now(),
  read_at timestamptz
);
create index in_app_notifications_user on in_app_notifications (tenant_id, user_id, created_at);
-- For counting a person's unread notifications, however many there are.
create index in_app_notifications_unread on in_app_notifications (tenant_id, user_id, created_at, id)
  where read_at is null;

-- The first answer to each accepted request, returned when the same key is sent again.
create table idempotency_answers (
  tenant_id host_id not null,
  operation text not null,
  key text not null,
  body_hash text not null,
  answer_json jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, operation, key)
);
-- For removing what is old.
create index idempotency_answers_age on idempotency_answers (created_at);

-- Token buckets, one row for each rate limit: 'all', and 'tenant ' followed by each tenant's id.
create table claim_limits (
  key text primary key,
  tokens double precision not null,
  refilled_at timestamptz not null default now()
);

-- The circuit breakers: 'all', and 'tenant ' followed by the id of each affected tenant. A row counts consecutive
-- failures, and that of all remembers whose builds they are. While it is open, builds wait and calls to WRK are held back,
-- except for one probe at a time. One that is closed and without failures only remembers when the ops team was last told
-- of it. Each decision writes a new version, so that a row that was removed and added again is recognized.
create table circuit_breakers (
  scope text primary key,
  tenant_id host_id,
  version uuid not null,
  failures integer not null,
  failures_of_any integer not null default 0,
  failing_tenant_ids jsonb not null default '[]',
  told_at timestamptz,
  told_reason text,
  reason text,
  detail text,
  probes integer not null default 0,
  opened_at timestamptz,
  next_probe_at timestamptz,
  updated_at timestamptz not null default now(),
  check ((opened_at is null) = (reason is null)),
  check ((opened_at is null) = (next_probe_at is null)),
  check ((told_at is null) = (told_reason is null))
);
