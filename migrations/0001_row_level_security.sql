-- Each transaction of the gateway says for whom it runs (dashgate.tenant_id) or what for
-- (dashgate.purpose). One that says neither sees no row.
--
-- `true` as second argument: a setting that was never made is null instead of an error. `nullif`:
-- once made in any transaction of the connection it is '' afterwards.
create function dashgate_tenant() returns text
  language sql stable
  return nullif(current_setting('dashgate.tenant_id', true), '');

create function dashgate_purpose() returns text
  language sql stable
  return nullif(current_setting('dashgate.purpose', true), '');

-- FORCE: the policies hold for the tables' owner as well, should anything ever run as it.
alter table tenants enable row level security;
alter table tenants force row level security;
alter table dashboards enable row level security;
alter table dashboards force row level security;
alter table assignments enable row level security;
alter table assignments force row level security;
alter table preferences enable row level security;
alter table preferences force row level security;
alter table sessions enable row level security;
alter table sessions force row level security;
alter table key_rings enable row level security;
alter table key_rings force row level security;
alter table audit_logs enable row level security;
alter table audit_logs force row level security;

create policy tenants_read on tenants for select to dashgate_gateway
  using (id = dashgate_tenant() or dashgate_purpose() in ('directory', 'admin'));
create policy tenants_add on tenants for insert to dashgate_gateway
  with check (dashgate_purpose() = 'admin');
create policy tenants_change on tenants for update to dashgate_gateway
  using (dashgate_purpose() = 'admin') with check (dashgate_purpose() = 'admin');

create policy dashboards_read on dashboards for select to dashgate_gateway
  using (dashgate_tenant() is not null or dashgate_purpose() in ('directory', 'admin'));
create policy dashboards_add on dashboards for insert to dashgate_gateway
  with check (dashgate_purpose() = 'admin');
create policy dashboards_change on dashboards for update to dashgate_gateway
  using (dashgate_purpose() = 'admin') with check (dashgate_purpose() = 'admin');

create policy assignments_read on assignments for select to dashgate_gateway
  using (tenant_id = dashgate_tenant() or dashgate_purpose() in ('directory', 'admin'));
create policy assignments_add on assignments for insert to dashgate_gateway
  with check (dashgate_purpose() = 'admin');
create policy assignments_change on assignments for update to dashgate_gateway
  using (dashgate_purpose() = 'admin') with check (dashgate_purpose() = 'admin');
create policy assignments_remove on assignments for delete to dashgate_gateway
  using (dashgate_purpose() = 'admin');

create policy preferences_of_tenant on preferences for all to dashgate_gateway
  using (tenant_id = dashgate_tenant()) with check (tenant_id = dashgate_tenant());

-- A session is looked up before the tenant is known, so its purpose stands in for the tenant.
create policy sessions_of_gateway on sessions for all to dashgate_gateway
  using (dashgate_purpose() = 'session') with check (dashgate_purpose() = 'session');
create policy sessions_seen_by_operator on sessions for select to dashgate_gateway
  using (dashgate_purpose() = 'admin');
create policy sessions_revoked_by_operator on sessions for update to dashgate_gateway
  using (dashgate_purpose() = 'admin') with check (dashgate_purpose() = 'admin');

create policy key_rings_read on key_rings for select to dashgate_gateway
  using (dashgate_purpose() in ('keys', 'admin'));
create policy key_rings_add on key_rings for insert to dashgate_gateway
  with check (dashgate_purpose() in ('keys', 'admin'));
create policy key_rings_retire on key_rings for update to dashgate_gateway
  using (dashgate_purpose() in ('keys', 'admin')) with check (dashgate_purpose() in ('keys', 'admin'));

create policy audit_logs_add on audit_logs for insert to dashgate_gateway
  with check (tenant_id = dashgate_tenant() or dashgate_purpose() in ('audit', 'session', 'admin'));
create policy audit_logs_read on audit_logs for select to dashgate_gateway
  using (tenant_id = dashgate_tenant() or dashgate_purpose() = 'admin');

-- Least privilege: what no part of the gateway does, its role cannot do.
grant usage on schema public to dashgate_gateway;
grant select, insert, update on tenants, dashboards to dashgate_gateway;
grant select, insert, update, delete on assignments, preferences, sessions to dashgate_gateway;
grant select, insert on key_rings to dashgate_gateway;
grant update (retired_at) on key_rings to dashgate_gateway;
grant select, insert on audit_logs to dashgate_gateway;
