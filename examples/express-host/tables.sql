-- What this host has besides the tables of the flows (automations, projects, quotes, …). Your own migrations make yours.
create schema if not exists host;

create table if not exists host.tenants (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table if not exists host.people (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references host.tenants (id),
  email text not null,
  name text not null,
  password_hash text not null,
  roles text[] not null,
  -- Staff may act on any tenant, with the roles that they have.
  is_staff boolean not null default false,
  is_active boolean not null default true
);
create unique index if not exists people_email on host.people (lower(email));
create index if not exists people_tenant on host.people (tenant_id);
create index if not exists people_staff on host.people (id) where is_staff;

-- Of a key only its SHA-256 is kept.
create table if not exists host.api_keys (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references host.tenants (id),
  key_hash bytea not null unique,
  revoked_at timestamptz
);

-- As connect-pg-simple wants it.
create table if not exists host.sessions (
  sid varchar not null collate "default" primary key,
  sess json not null,
  expire timestamp(6) not null
);
create index if not exists sessions_expire on host.sessions (expire);
