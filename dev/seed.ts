import postgres from 'postgres'

import { dashboards, type DemoTenant, tenants } from './demo.ts'

/**
 * Puts the demo's tenants and dashboards in. What is there already stays as it is, since somebody
 * may have changed it through the admin API; only the apps' addresses follow the ports.
 */
export async function seedDatabase(
  ownerUrl: string,
  appUrls: ReadonlyMap<string, string>,
): Promise<void> {
  const sql = postgres(ownerUrl, { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    await sql.begin(async (tx) => {
      for (const { slug, title, description, configSchema, defaultConfig } of dashboards) {
        const appUrl = appUrls.get(slug) ?? 'http://127.0.0.1:9'
        await tx`
          insert into dashboards (slug, title, description, app_url, default_config, config_schema)
          values (${slug}, ${title}, ${description}, ${appUrl}, ${json(tx, defaultConfig)},
            ${json(tx, configSchema)})
          on conflict (slug) do update set app_url = excluded.app_url, updated_at = now()
          where dashboards.app_url <> excluded.app_url`
      }
      for (const tenant of tenants) await addTenant(tx, tenant)
    })
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** A tenant that is there already stays as it is. */
export async function addTenant(tx: postgres.TransactionSql, tenant: DemoTenant): Promise<void> {
  const { id, displayName, branding, config, assignmentConfig } = tenant
  const added = await tx`
    insert into tenants (id, display_name, branding, config, storage_prefix)
    values (${id}, ${displayName}, ${json(tx, branding)}, ${json(tx, config)}, ${id})
    on conflict (id) do nothing returning id`
  if (added.length === 0) return
  for (const [position, slug] of tenant.dashboards.entries()) {
    await tx`
      insert into assignments (tenant_id, dashboard_slug, position, config)
      values (${id}, ${slug}, ${position}, ${json(tx, assignmentConfig[slug] ?? {})})`
  }
}

const json = (tx: postgres.TransactionSql, value: object) => tx.json(value as postgres.JSONValue)
