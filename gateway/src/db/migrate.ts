import { migrateDatabase } from './migrations.ts'

// The command `node gateway/src/db/migrate.ts`; a process of its own, so it reads the environment.
const { MIGRATION_DATABASE_URL: url, APP_ROLE_PASSWORD: appRolePassword } = process.env

if (!url) {
  process.stderr.write(
    'MIGRATION_DATABASE_URL is missing: the URL of the role that owns the tables\n',
  )
  process.exit(2)
}

try {
  await migrateDatabase({ url, ...(appRolePassword ? { appRolePassword } : {}) })
} catch (error) {
  process.stderr.write(`The database could not be migrated: ${String(error)}\n`)
  process.exit(1)
}
