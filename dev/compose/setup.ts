import { createContainers, uploadDatasets } from '../azurite.ts'
import { dashboards } from '../demo.ts'
import { seedDatabase } from '../seed.ts'

// The job `demo` of compose.yaml: what `npm start` does by itself, for parts in containers.

function setting(name: string): string {
  const value = process.env[name]
  if (value) return value
  process.stderr.write(`${name} is missing: compose.yaml sets it\n`)
  process.exit(2)
}

const appPort = setting('APP_PORT')
const appUrls = new Map(dashboards.map(({ slug }) => [slug, `http://${slug}:${appPort}`]))
await seedDatabase(setting('DATABASE_OWNER_URL'), appUrls)

const connectionString = setting('BLOB_CONNECTION_STRING')
await createContainers(connectionString)
const uploaded = await uploadDatasets(connectionString, setting('DATASETS'))
process.stdout.write(`Tenants and dashboards are in, ${uploaded} datasets uploaded\n`)
