-- Tells every replica, when the transaction commits, what to read again. The payload names no
-- tenant and no user: any role of the database may listen.
create function notify_metadata() returns trigger
  language plpgsql
  set search_path = ''
  as $$
    begin
      perform pg_catalog.pg_notify('dashgate', '{"kind":"metadata"}');
      return null;
    end
  $$;

create trigger notify_metadata after insert or update or delete or truncate on tenants
  for each statement execute function notify_metadata();
create trigger notify_metadata after insert or update or delete or truncate on dashboards
  for each statement execute function notify_metadata();
create trigger notify_metadata after insert or update or delete or truncate on assignments
  for each statement execute function notify_metadata();

create function notify_session_ended() returns trigger
  language plpgsql
  set search_path = ''
  as $$
    begin
      perform pg_catalog.pg_notify(
        'dashgate',
        pg_catalog.json_build_object('kind', 'session', 'idHash', old.id_hash)::text
      );
      return null;
    end
  $$;

create trigger notify_session_revoked after update of revoked_at on sessions
  for each row when (old.revoked_at is null and new.revoked_at is not null)
  execute function notify_session_ended();
create trigger notify_session_deleted after delete on sessions
  for each row when (old.revoked_at is null and old.absolute_expires_at > now())
  execute function notify_session_ended();

create function notify_keys() returns trigger
  language plpgsql
  set search_path = ''
  as $$
    begin
      perform pg_catalog.pg_notify('dashgate', '{"kind":"keys"}');
      return null;
    end
  $$;

create trigger notify_keys after insert or update or delete or truncate on key_rings
  for each statement execute function notify_keys();
