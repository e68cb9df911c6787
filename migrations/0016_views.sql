-- A preference may be a view: it has a name that no other has, for links, and its owner may show it to the
-- people of the tenant. Both columns have values of their own, so that the release before goes on writing
-- preferences without them.
alter table preferences
  add column id uuid not null default gen_random_uuid(),
  -- Whom the others see as its owner; null where it is the owner's alone.
  add column shared_by text check (length(shared_by) between 1 and 320);

create index preferences_by_id on preferences (id);

create index preferences_shared on preferences (tenant_id, dashboard_slug) where shared_by is not null;

-- Whose a preference is and for which dashboard stays written once.
grant update (name, shared_by) on preferences to dashgate_gateway;
