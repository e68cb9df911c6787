-- How much of the gateway a tenant may use, in place of what the settings say for all. Only added, so
-- that the release before goes on as it did.
alter table tenants
  add column limits jsonb not null default '{}' check (jsonb_typeof(limits) = 'object');

grant update (limits) on tenants to dashgate_gateway;
