-- What a dashboard's settings must look like: a JSON Schema (2020-12). Null accepts whatever has the
-- shape that the gateway itself knows. Only added, so that the release before goes on as it did.
alter table dashboards
  add column config_schema jsonb check (jsonb_typeof(config_schema) = 'object');
