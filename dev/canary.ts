import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { uploadDatasets } from './azurite.ts'
import { dashboards, password, tenants, type Account, type DemoTenant } from './demo.ts'
import { createPart, type Part, type PartContext } from './part.ts'
import { demoDirectory, pythonBin, root } from './paths.ts'
import { writePrivateJson } from './private-file.ts'
import { run } from './run.ts'
import { addTenant } from './seed.ts'
import type { StackInfo } from './stack-info.ts'
import { answersOk } from './wait.ts'

export const canaryTenants = [
  { id: 'canary-north', mark: 'kestrel-7c1f', login: 'canary@north.test', password },
  { id: 'canary-south', mark: 'plover-93ab', login: 'canary@south.test', password },
] as const

export const canarySlug = 'isolation-canary'

export interface CanaryOptions {
  readonly directory: string
  readonly info: StackInfo
  readonly ports: { readonly canary: number; readonly canaryApp: number }
  readonly intervalSeconds?: number
  /** Parquet files of the demo, out of which the marked ones are made. */
  readonly datasets?: string
}

/** Gives the demo two canary tenants with all dashboards and marked data, and two accounts. */
export async function prepareCanary(options: CanaryOptions): Promise<void> {
  const { directory, info, ports } = options
  addAccounts(info.users)
  await addTenants(info.databaseUrl, `http://127.0.0.1:${ports.canaryApp}`)
  const marked = join(directory, 'canary-datasets')
  const marks = canaryTenants.map(({ id, mark }) => `${id}=${mark}`)
  await run('Marking the datasets', join(pythonBin, 'python'), [
    join(import.meta.dirname, 'demo-data', 'mark_datasets.py'),
    join(options.datasets ?? join(demoDirectory, 'datasets'), 'acme-corp'),
    marked,
    ...marks,
  ])
  await uploadDatasets(info.blobConnectionString, marked)
}

function addAccounts(usersFile: string): void {
  const known = JSON.parse(readFileSync(usersFile, 'utf8')) as Account[]
  const missing = canaryTenants.filter(({ login }) => known.every((one) => one.login !== login))
  const added = missing.map(({ id, login }): Account => ({
    login,
    password,
    claims: { role: 'viewer', tenant_id: id },
  }))
  writePrivateJson(usersFile, [...known, ...added])
}

async function addTenants(ownerUrl: string, appUrl: string): Promise<void> {
  const [like] = tenants
  if (!like) throw new Error('The demo has no tenants')
  const sql = postgres(ownerUrl, { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    await sql.begin(async (tx) => {
      await tx`
        insert into dashboards (slug, title, description, app_url)
        values (${canarySlug}, 'Isolation canary', 'For canary tenants only', ${appUrl})
        on conflict (slug) do update set app_url = excluded.app_url, updated_at = now()
        where dashboards.app_url <> excluded.app_url`
      for (const { id, mark } of canaryTenants) {
        const tenant: DemoTenant = {
          ...like,
          id,
          displayName: `Canary ${mark}`,
          branding: { ...like.branding, displayName: `Canary ${mark}` },
          dashboards: [...dashboards.map(({ slug }) => slug), canarySlug],
          config: {},
          assignmentConfig: {},
        }
        await addTenant(tx, tenant)
      }
    })
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** The isolation canary as operators run it, in a process of its own. */
export function createCanaryPart(options: CanaryOptions, context: PartContext): Part {
  const { directory, info, ports, intervalSeconds = 60 } = options
  const reports = join(directory, 'canary-reports')
  mkdirSync(reports, { recursive: true, mode: 0o700 })
  const tenantsFile = join(directory, 'canary-tenants.json')
  writePrivateJson(tenantsFile, canaryTenants)
  return createPart(
    {
      name: 'canary',
      command: {
        file: process.execPath,
        args: [join(root, 'gateway', 'src', 'canary', 'main.ts')],
        env: {
          PUBLIC_URL: info.publicUrl,
          DASHGATE_INTERNAL_URL: info.internalUrl,
          CANARY_TENANTS_FILE: tenantsFile,
          CANARY_REPORT_DIR: reports,
          CANARY_LISTEN: `127.0.0.1:${ports.canary}`,
          CANARY_APP_LISTEN: `127.0.0.1:${ports.canaryApp}`,
          CANARY_INTERVAL_SECONDS: `${intervalSeconds}`,
        },
      },
      isReady: () => answersOk(`http://127.0.0.1:${ports.canary}/livez`),
    },
    context,
  )
}
