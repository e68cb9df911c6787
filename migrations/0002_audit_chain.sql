-- Each audit line carries the hash of the line before it, so that a line that was changed, removed
-- or slipped in later is found. The head stands in one row, which also shows when the newest lines
-- are missing; the gateway's role has no right on it.
create table audit_chain_head (
  only_row boolean primary key default true check (only_row),
  last_id bigint not null,
  last_hash text not null
);

insert into audit_chain_head (last_id, last_hash) values (0, repeat('0', 64));

-- jsonb's own text form is canonical (keys ordered, no spare blanks), and no value of one field can
-- run into the next. The time is written out because its text form depends on the client's zone.
create function audit_line_hash(line audit_logs, previous_hash text) returns text
  language sql stable
  set search_path = ''
  as $$
    select pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
      previous_hash || pg_catalog.jsonb_build_object(
        'id', line.id,
        'at', pg_catalog.to_char(line.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'action', line.action,
        'actor_type', line.actor_type,
        'actor', line.actor,
        'actor_email', line.actor_email,
        'tenant_id', line.tenant_id,
        'dashboard_slug', line.dashboard_slug,
        'request_id', line.request_id,
        'detail', line.detail
      )::text, 'UTF8')), 'hex')
  $$;

-- SECURITY DEFINER: it alone may move the head. The fixed search path keeps a caller from putting
-- other tables or functions in the place of these (CVE-2018-1058).
create function audit_chain_append() returns trigger
  language plpgsql
  security definer
  set search_path = ''
  as $$
    declare
      head public.audit_chain_head%rowtype;
    begin
      -- The lock makes lines queue until the one before is committed or gone.
      select * into strict head from public.audit_chain_head for update;
      new.id := head.last_id + 1;
      new.at := pg_catalog.clock_timestamp();
      new.prev_hash := head.last_hash;
      new.hash := public.audit_line_hash(new, head.last_hash);
      update public.audit_chain_head set last_id = new.id, last_hash = new.hash;
      return new;
    end
  $$;

create trigger audit_chain_append before insert on audit_logs
  for each row execute function audit_chain_append();

-- The first line that does not fit, or null when all do. A line that is missing at the end is
-- reported under the id that it had.
create function audit_chain_broken_at() returns bigint
  language sql stable
  security definer
  set search_path = ''
  as $$
    with chain as (
      select
        line.id,
        pg_catalog.row_number() over (order by line.id) as expected_id,
        pg_catalog.lag(line.hash, 1, pg_catalog.repeat('0', 64)) over (order by line.id) as previous_hash,
        line.prev_hash,
        line.hash,
        public.audit_line_hash(line, line.prev_hash) as expected_hash
      from public.audit_logs as line
    ), broken as (
      select expected_id as id from chain
      where id <> expected_id or prev_hash <> previous_hash or hash <> expected_hash
      union all
      select head.last_id from public.audit_chain_head as head
      where not exists (
        select from public.audit_logs as newest
        where newest.id = head.last_id and newest.hash = head.last_hash
      ) and head.last_id > 0
      union all
      select line.id from public.audit_logs as line, public.audit_chain_head as head
      where line.id > head.last_id
    )
    select pg_catalog.min(id) from broken
  $$;

-- Where the owner is no superuser, the forced policies hold for the function above as well.
create policy audit_logs_checked_by_owner on audit_logs for select to current_user using (true);

revoke all on function audit_chain_append(), audit_chain_broken_at() from public;
grant execute on function audit_chain_broken_at() to dashgate_gateway;
