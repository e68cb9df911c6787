-- An app may run several times: beside its first address, which stays what it is known by, are the others.
-- Empty for an app that runs once, and where the release before writes a dashboard.
alter table dashboards
  add column replica_urls text[] not null default '{}' check (
    cardinality(replica_urls) <= 16
    -- Each of the form of app_url: no address has a space, so the joined list is as good as the list.
    and string_to_array(array_to_string(replica_urls, ' ', ''), ' ') = replica_urls
    and array_to_string(replica_urls, ' ') ~ '^(https?://[^/?#@\s]{1,200}( https?://[^/?#@\s]{1,200})*)?$'
  );

grant update (replica_urls) on dashboards to dashgate_gateway;
