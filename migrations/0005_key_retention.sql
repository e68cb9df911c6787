-- Everything here is only added, so that the release before goes on as it did.
alter table key_rings
  -- From when on the key makes something new. Null: it is published and waits for its turn.
  add column used_from timestamptz,
  -- The same secret under another master key, while that one takes over.
  add column secret_resealed text,
  -- Names the request that put the key into use, so that its repetition does not do it again.
  add column rotation_id text check (length(rotation_id) between 1 and 100);

-- The forced policies hold for the owner too, where it is no superuser, and let it change no row.
alter table key_rings no force row level security;
update key_rings as key
  set used_from = key.created_at + case
    -- The release before lets a key sign two minutes after it was made, but for the first one.
    when key.ring = 'tenant-token' and exists (
      select from key_rings as older where older.ring = 'tenant-token' and older.id < key.id
    ) then interval '2 minutes'
    else interval '0'
  end;
alter table key_rings force row level security;

-- What the release before adds while both run says nothing of this column, and signs this late.
alter table key_rings alter column used_from set default now() + interval '2 minutes';

grant update (used_from, secret_sealed, secret_resealed, rotation_id) on key_rings to dashgate_gateway;
grant delete on key_rings to dashgate_gateway;

-- Only what has made nothing for as long as the shortest-lived thing that a key makes.
create policy key_rings_remove on key_rings for delete to dashgate_gateway
  using (dashgate_purpose() = 'keys' and retired_at < now() - interval '15 minutes');

-- Which keys a session that is alive may still need, and the line that says which are gone.
create policy sessions_looked_up_for_keys on sessions for select to dashgate_gateway
  using (dashgate_purpose() = 'keys');
create policy audit_logs_add_for_keys on audit_logs for insert to dashgate_gateway
  with check (dashgate_purpose() = 'keys' and action = 'secret.removed' and actor_type = 'gateway');
