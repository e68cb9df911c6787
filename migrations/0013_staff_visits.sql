-- When staff looked at a tenant's data, which its own people may read: few lines among all openings.
create index audit_logs_of_staff on audit_logs (tenant_id, id)
  where action = 'tenant.switched' or action = 'dashboard.opened' and detail ->> 'role' = 'admin';
