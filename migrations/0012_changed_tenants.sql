-- A notification says which tenants were changed, so that a replica reads those alone and not all of a
-- hundred thousand. Still it names none to the roles that may listen, which any of the database may: it
-- carries the number of a row that only the gateway reads, by the function below. A replica of the release
-- before passes over the number and reads everything, as it did.
create table metadata_changes (
  id bigint generated always as identity primary key,
  tenants text[] not null
);

-- SECURITY DEFINER: it alone writes the table, on which the gateway's role has no right.
create function notify_tenants() returns trigger
  language plpgsql
  security definer
  set search_path = ''
  as $$
    declare
      rows_changed text := case tg_op
        when 'INSERT' then 'select %1$I as id from new_rows'
        when 'DELETE' then 'select %1$I as id from old_rows'
        else 'select %1$I as id from old_rows union all select %1$I from new_rows'
      end;
      changed text[];
      change bigint;
    begin
      -- So many at once are read faster with all the others.
      execute pg_catalog.format(
        'select pg_catalog.array_agg(id) from (select distinct id from (' || rows_changed
          || ') as touched limit 501) as named',
        tg_argv[0]
      ) into changed;
      if changed is null then
        return null;
      end if;
      if pg_catalog.cardinality(changed) <= 500 then
        insert into public.metadata_changes (tenants) values (changed) returning id into change;
        -- Whoever comes too late for these reads everything. Nobody waits for another who does the same.
        delete from public.metadata_changes where id in (
          select line.id from public.metadata_changes as line
          where line.id < change - 10000
          order by line.id limit 10
          for update skip locked
        );
      end if;
      perform pg_catalog.pg_notify(
        'dashgate',
        pg_catalog.json_strip_nulls(pg_catalog.json_build_object(
          'kind', 'metadata', 'at', extract(epoch from now()), 'change', change
        ))::text
      );
      return null;
    end
  $$;

-- Or any role could hang it on a table of its own, and fill this one.
revoke all on function notify_tenants() from public;

create function changed_tenants(changes bigint[]) returns table (id bigint, tenants text[])
  language sql stable
  security definer
  set search_path = ''
  as $$
    select change.id, change.tenants from public.metadata_changes as change
    where change.id = any (changes)
  $$;

revoke all on function changed_tenants(bigint[]) from public;
grant execute on function changed_tenants(bigint[]) to dashgate_gateway;

-- Of what is said here no row is named: that of dashboards, which are few, and of TRUNCATE, which has none.
create or replace function notify_metadata() returns trigger
  language plpgsql
  set search_path = ''
  as $$
    begin
      if tg_op <> 'TRUNCATE' and tg_table_name <> 'dashboards' then
        return null;
      end if;
      -- The transaction's beginning, so that what it says twice is told once.
      perform pg_catalog.pg_notify(
        'dashgate',
        pg_catalog.json_build_object(
          'kind', 'metadata', 'at', extract(epoch from now()),
          'dashboards', tg_table_name = 'dashboards'
        )::text
      );
      return null;
    end
  $$;

-- The rows of a statement can be looked at by triggers of one event each.
create trigger notify_added after insert on tenants referencing new table as new_rows
  for each statement execute function notify_tenants('id');
create trigger notify_changed after update on tenants
  referencing old table as old_rows new table as new_rows
  for each statement execute function notify_tenants('id');
create trigger notify_removed after delete on tenants referencing old table as old_rows
  for each statement execute function notify_tenants('id');

create trigger notify_added after insert on assignments referencing new table as new_rows
  for each statement execute function notify_tenants('tenant_id');
create trigger notify_changed after update on assignments
  referencing old table as old_rows new table as new_rows
  for each statement execute function notify_tenants('tenant_id');
create trigger notify_removed after delete on assignments referencing old table as old_rows
  for each statement execute function notify_tenants('tenant_id');
