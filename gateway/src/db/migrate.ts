import { readFileSync } from 'node:fs'
import { migrateDatabase } from './migrations.ts'

// The command `node gateway/src/db/migrate.ts`; a process of its own, so it reads the environment.
const {
  MIGRATION_DATABASE_URL: url,
  APP_ROLE_PASSWORD: appRolePassword,
  DATABASE_CA_FILE: caFile,
} = process.env

if (!url) {
  process.stderr.write(
    'MIGRATION_DATABASE_URL is missing: the URL of the role that owns the tables\n',
  )
  process.exit(2)
}

try {
  let told = false
  await migrateDatabase({
    url,
    ca: caFile ? readFileSync(caFile) : undefined,
    ...(appRolePassword ? { appRolePassword } : {}),
    onWait() {
      if (!told) process.stderr.write('Waiting for others who use the tables, or migrate as well\n')
      told = true
    },
  })
} catch (error) {
  process.stderr.write(
    `The database could not be migrated: ${error instanceof Error ? error.message : String(error)}\n`,
  )
  process.exit(1)
}
