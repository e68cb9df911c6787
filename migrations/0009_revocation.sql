-- Notifications say since when: how long a revocation takes to reach each replica is measured by this
-- one clock. A replica of the release before reads what it knows and passes over the rest.
create or replace function notify_metadata() returns trigger
  language plpgsql
  set search_path = ''
  as $$
    begin
      -- The transaction's beginning, so that what it says twice is told once.
      perform pg_catalog.pg_notify(
        'dashgate',
        pg_catalog.json_build_object('kind', 'metadata', 'at', extract(epoch from now()))::text
      );
      return null;
    end
  $$;

create or replace function notify_session_ended() returns trigger
  language plpgsql
  set search_path = ''
  as $$
    begin
      perform pg_catalog.pg_notify(
        'dashgate',
        pg_catalog.json_build_object(
          'kind', 'session', 'idHash', old.id_hash,
          -- A row that is removed was not revoked before.
          'at', extract(epoch from coalesce(new.revoked_at, now()))
        )::text
      );
      return null;
    end
  $$;

-- Logout tokens that were used, so that none is good for a second time at any replica. A hash: the
-- provider chooses how long an id is. Rows go once the token would be refused for its age.
create table used_logout_tokens (
  id_hash text primary key check (length(id_hash) = 43),
  forget_after timestamptz not null
);

alter table used_logout_tokens enable row level security;
alter table used_logout_tokens force row level security;
create policy used_logout_tokens_of_gateway on used_logout_tokens for all to dashgate_gateway
  using (dashgate_purpose() = 'session') with check (dashgate_purpose() = 'session');
grant select, insert, delete on used_logout_tokens to dashgate_gateway;
