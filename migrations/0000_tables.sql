-- The gateway's own role. It may already exist: made by whoever runs the database server, or by
-- another database of the same server (roles belong to all of them).
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'dashgate_gateway') then
    create role dashgate_gateway nologin nosuperuser nobypassrls nocreatedb nocreaterole;
  end if;
exception
  when duplicate_object or unique_violation then null;
end
$$;

-- Tenant ids and dashboard slugs: in URLs, storage paths and rows, stable for ever. The domain
-- also keeps the empty text out, which an unset tenant setting would otherwise be equal to.
create domain slug as text
  constraint slug_is_well_formed check (value ~ '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$');

create table tenants (
  id slug primary key,
  display_name text not null check (length(display_name) between 1 and 100),
  status text not null default 'active' check (status in ('active', 'suspended')),
  branding jsonb not null default '{}' check (jsonb_typeof(branding) = 'object'),
  -- The folder in the containers `processed` and `uploads`; two tenants never share one.
  storage_prefix slug not null unique,
  config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table dashboards (
  slug slug primary key,
  title text not null check (length(title) between 1 and 100),
  description text not null default '' check (length(description) <= 500),
  -- An origin: scheme, host and port; the path is the request's own.
  app_url text not null check (app_url ~ '^https?://[^/?#@\s]{1,200}$'),
  default_config jsonb not null default '{}' check (jsonb_typeof(default_config) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table assignments (
  tenant_id slug not null references tenants (id),
  dashboard_slug slug not null references dashboards (slug),
  position integer not null default 0 check (position between 0 and 10000),
  enabled boolean not null default true,
  config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
  primary key (tenant_id, dashboard_slug)
);

create table preferences (
  tenant_id slug not null references tenants (id),
  issuer text not null check (length(issuer) between 1 and 500),
  user_sub text not null check (length(user_sub) between 1 and 255),
  dashboard_slug slug not null references dashboards (slug),
  name text not null check (length(name) between 1 and 100),
  value jsonb not null check (jsonb_typeof(value) = 'object'),
  is_default boolean not null default false,
  version integer not null default 1 check (version > 0),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, issuer, user_sub, dashboard_slug, name)
);

create unique index preferences_one_default
  on preferences (tenant_id, issuer, user_sub, dashboard_slug)
  where is_default;

create table sessions (
  -- A hash: a copy of the table gives nobody a session.
  id_hash text primary key check (length(id_hash) between 16 and 128),
  issuer text not null check (length(issuer) between 1 and 500),
  sub text not null check (length(sub) between 1 and 255),
  email text not null check (length(email) <= 320),
  role text not null check (role in ('admin', 'viewer')),
  -- The tenants that the principal may act for; null means all.
  tenants text[],
  tenant_id slug,
  -- The provider's own session id (OpenID Connect Back-Channel Logout 1.0, section 2.4).
  op_sid text,
  refresh_token_sealed text,
  access_expires_at timestamptz,
  created_at timestamptz not null default now(),
  idle_expires_at timestamptz not null,
  absolute_expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_reason text check (length(revoked_reason) <= 100),
  check (role = 'admin' or tenants is not null)
);

create index sessions_by_subject on sessions (issuer, sub);
create index sessions_by_op_sid on sessions (op_sid) where op_sid is not null;
create index sessions_by_tenant on sessions (tenant_id);

create table key_rings (
  id bigint generated always as identity primary key,
  ring text not null check (ring in ('cookie', 'tenant-token', 'data')),
  kid text not null unique check (length(kid) between 1 and 100),
  secret_sealed text not null,
  public_jwk jsonb,
  created_at timestamptz not null default now(),
  -- Since when the key makes nothing new; what it made before stays readable for a while.
  retired_at timestamptz,
  check ((ring = 'tenant-token') = (public_jwk is not null))
);

create table audit_logs (
  -- Given by the trigger of the hash chain: without gaps, in the order of the chain.
  id bigint primary key,
  at timestamptz not null,
  action text not null check (length(action) between 1 and 100),
  actor_type text not null check (actor_type in ('user', 'client', 'gateway')),
  actor text not null check (length(actor) between 1 and 800),
  actor_email text check (length(actor_email) <= 320),
  -- No foreign keys: a line outlives what it speaks of, and may speak of what never existed.
  tenant_id text check (length(tenant_id) between 1 and 100),
  dashboard_slug text check (length(dashboard_slug) between 1 and 100),
  request_id text not null check (length(request_id) between 1 and 100),
  detail jsonb not null default '{}' check (jsonb_typeof(detail) = 'object'),
  prev_hash text not null,
  hash text not null
);

create index audit_logs_by_tenant on audit_logs (tenant_id, id);
