import { join } from 'node:path'
import postgres from 'postgres'
import { root } from '../dev/paths.ts'
import { run } from '../dev/run.ts'
import { seedDatabase } from '../dev/seed.ts'
import type { Stack } from '../dev/stack.ts'

/** As many for each tenant. */
const assignmentsEach = 10
const dashboards = 20

export interface DatabaseOptions {
  readonly name: string
  /** Beside the demo's three. */
  readonly tenants: number
  /** Where the dashboards are; that of `slug` is assigned to the demo's acme-corp, too. */
  readonly appUrl: string
  readonly slug: string
}

/**
 * Another database beside the stack's, with more in it.
 *
 * @returns its address for the gateway's own role
 */
export async function createDatabase(
  { info }: Stack,
  { name, tenants, appUrl, slug }: DatabaseOptions,
): Promise<string> {
  const owner = new URL(info.databaseUrl)
  const own = new URL(info.appDatabaseUrl)
  await within(owner.href, (sql) => sql`create database ${sql(name)}`)
  for (const url of [owner, own]) url.pathname = `/${name}`
  await run('The migration', process.execPath, [join(root, 'gateway', 'src', 'db', 'migrate.ts')], {
    env: {
      MIGRATION_DATABASE_URL: owner.href,
      APP_ROLE_PASSWORD: decodeURIComponent(own.password),
    },
  })
  await seedDatabase(owner.href, new Map())
  await within(owner.href, async (sql) => {
    const slugs = [slug, ...Array.from({ length: dashboards - 1 }, (_, index) => `many-${index}`)]
    await sql`
      insert into dashboards (slug, title, app_url)
      select slug, 'Dashboard ' || slug, ${appUrl} from unnest(${slugs}::text[]) slug`
    await sql`insert into assignments (tenant_id, dashboard_slug) values ('acme-corp', ${slug})`
    await sql.begin(async (tx) => {
      // A million rows: what refers to what is right by the way they are made, and nobody listens yet.
      await tx`set local session_replication_role = replica`
      await tx`
        insert into tenants (id, display_name, storage_prefix)
        select 'tenant-' || i, 'Tenant ' || i, 'tenant-' || i from generate_series(1, ${tenants}::int) i`
      await tx`
        insert into assignments (tenant_id, dashboard_slug, position)
        select 'tenant-' || i, (${slugs}::text[])[1 + (i + j) % ${dashboards}::int], j
        from generate_series(1, ${tenants}::int) i, generate_series(1, ${assignmentsEach}::int) j`
    })
    await sql`analyze`
  })
  return own.href
}

async function within(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
