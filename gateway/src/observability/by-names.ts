/**
 * What was made for a tenant, a dashboard and one name more: found again by three look-ups, so that
 * no key is put together, and no label hashed, for each request.
 */
export function rememberByNames<Value>(
  make: (tenant: string, dashboard: string, name: string) => Value,
): (tenant: string, dashboard: string, name: string) => Value {
  const tenants = new Map<string, Map<string, Map<string, Value>>>()
  return (tenant, dashboard, name) => {
    let dashboards = tenants.get(tenant)
    if (!dashboards) tenants.set(tenant, (dashboards = new Map()))
    let names = dashboards.get(dashboard)
    if (!names) dashboards.set(dashboard, (names = new Map()))
    let value = names.get(name)
    if (value === undefined) names.set(name, (value = make(tenant, dashboard, name)))
    return value
  }
}
