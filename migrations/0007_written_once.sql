-- Whose a row is, whom a session is of, and where a tenant's files lie is written once. No gateway ever
-- changed it; from now on none could, whatever it is made to say.
--
-- unused: right update on tenants.{id,storage_prefix,created_at} removed
-- unused: right update on dashboards.{slug,created_at} removed
-- unused: right update on assignments.{tenant_id,dashboard_slug} removed
-- unused: right update on preferences.{tenant_id,issuer,user_sub,dashboard_slug,name} removed
-- unused: right update on sessions.{id_hash,issuer,sub,email,role,tenants,tenant_id,op_sid,created_at,absolute_expires_at} removed
revoke update on tenants, dashboards, assignments, preferences, sessions from dashgate_gateway;

grant update (display_name, status, branding, config, updated_at) on tenants to dashgate_gateway;
grant update (title, description, app_url, default_config, config_schema, updated_at) on dashboards
  to dashgate_gateway;
grant update (position, enabled, config) on assignments to dashgate_gateway;
grant update (value, is_default, version, updated_at) on preferences to dashgate_gateway;
grant update (
  refresh_token_sealed, access_expires_at, idle_expires_at, revoked_at, revoked_reason
) on sessions to dashgate_gateway;
