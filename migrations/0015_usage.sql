-- Staff see how dashboards are used, over the tenants that they may act for: openings, and no other line.
create policy audit_logs_openings on audit_logs for select to dashgate_gateway
  using (dashgate_purpose() = 'usage' and action = 'dashboard.opened');
