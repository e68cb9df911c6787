import type { TestProject } from 'vitest/node'
import { migrateDatabase } from '../src/db/migrations.ts'
import { startAzurite } from './azurite.ts'
import { startPostgres } from './postgres.ts'
import { createDatabase, gatewayPassword, templateDatabase } from './test-database.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the superuser, for the database `postgres`. */
    postgresUrl: string
    blobConnectionString: string
  }
}

/** One Postgres and one Azurite for the run; each test file makes its own database and containers. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [postgres, azurite] = await Promise.all([startPostgres(), startAzurite()])
  await createDatabase(postgres.url(), templateDatabase)
  await migrateDatabase({ url: postgres.url(templateDatabase), appRolePassword: gatewayPassword })
  project.provide('postgresUrl', postgres.url())
  project.provide('blobConnectionString', azurite.connectionString)
  return async () => {
    await Promise.all([postgres.stop(), azurite.stop()])
  }
}
