import { randomBytes } from 'node:crypto'
import postgres from 'postgres'

export const templateDatabase = 'dashgate_template'
export const gatewayPassword = 'gateway-of-the-tests'

export interface TestDatabase {
  readonly name: string
  readonly ownerUrl: string
  readonly gatewayUrl: string
  /** As the owner, who sees and may do everything: for preparing and for looking behind. */
  readonly owner: postgres.Sql
  drop(): Promise<void>
}

/** A migrated database of its own, copied from the template. */
export async function makeTestDatabase(postgresUrl: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await createDatabase(postgresUrl, name, templateDatabase)
  const ownerUrl = urlOf(postgresUrl, name)
  const owner = postgres(ownerUrl, { max: 2, onnotice: () => {} })
  return {
    name,
    ownerUrl,
    gatewayUrl: urlOf(postgresUrl, name, 'dashgate_gateway', gatewayPassword),
    owner,
    drop: async () => {
      await owner.end({ timeout: 1 })
      await onServer(postgresUrl, `drop database ${name} with (force)`)
    },
  }
}

export const createDatabase = (postgresUrl: string, name: string, template = 'template1') =>
  onServer(postgresUrl, `create database ${name} template ${template}`)

export function urlOf(base: string, database: string, user?: string, password?: string): string {
  const url = new URL(base)
  url.pathname = `/${database}`
  if (user) url.username = user
  if (password) url.password = password
  return url.href
}

async function onServer(postgresUrl: string, statement: string): Promise<void> {
  const server = postgres(postgresUrl, { max: 1, onnotice: () => {} })
  try {
    await server.unsafe(statement)
  } finally {
    await server.end({ timeout: 1 })
  }
}

/** Two tenants and two dashboards, each dashboard assigned to both, for whatever needs some. */
export async function seedTwoTenants(owner: postgres.Sql): Promise<void> {
  await owner`
    insert into tenants (id, display_name, storage_prefix)
    values ('acme-corp', 'Acme Corp', 'acme-corp'), ('globex', 'Globex', 'globex')`
  await owner`
    insert into dashboards (slug, title, app_url)
    values ('loss-development', 'Loss development', 'http://127.0.0.1:8051'),
           ('claims-monitor', 'Claims monitor', 'http://127.0.0.1:8053')`
  await owner`
    insert into assignments (tenant_id, dashboard_slug)
    select tenants.id, dashboards.slug from tenants, dashboards`
}
