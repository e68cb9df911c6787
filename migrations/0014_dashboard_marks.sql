-- What a person marked as a favourite, and opened when: one row for each dashboard of a tenant.
create table dashboard_marks (
  tenant_id slug not null references tenants (id),
  issuer text not null check (length(issuer) between 1 and 500),
  user_sub text not null check (length(user_sub) between 1 and 255),
  dashboard_slug slug not null references dashboards (slug),
  is_favourite boolean not null default false,
  opened_at timestamptz,
  primary key (tenant_id, issuer, user_sub, dashboard_slug)
);

alter table dashboard_marks enable row level security;
alter table dashboard_marks force row level security;

create policy dashboard_marks_of_tenant on dashboard_marks for all to dashgate_gateway
  using (tenant_id = dashgate_tenant()) with check (tenant_id = dashgate_tenant());

grant select, insert on dashboard_marks to dashgate_gateway;
grant update (is_favourite, opened_at) on dashboard_marks to dashgate_gateway;
