-- When an access token was received says, with its end, how long it lives: one of a minute must not be
-- refreshed with each request. When a refresh was begun outlives the replica that began it: the refresh
-- token may have been used although no answer was kept. Only added, so that the release before goes on
-- as it did; a row of its own has neither.
alter table sessions
  add column access_received_at timestamptz,
  add column refresh_begun_at timestamptz;

grant update (access_received_at, refresh_begun_at) on sessions to dashgate_gateway;
