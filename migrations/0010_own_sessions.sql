-- What people are shown of their own sessions. Only added, so that the release before goes on as it did: in
-- its rows there is nothing, and created_at stands in.
alter table sessions
  -- What the browser said of itself at sign-in.
  add column user_agent text check (length(user_agent) <= 512),
  -- Kept when staff choose another tenant, which makes a new row.
  add column signed_in_at timestamptz,
  -- When a person was last seen at work; written together with the idle end.
  add column last_used_at timestamptz;

grant update (last_used_at) on sessions to dashgate_gateway;
