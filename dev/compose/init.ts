import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureCertificates } from '../certificates.ts'
import { readOrCreateJson, writePrivateFile } from '../private-file.ts'
import { loadSecrets, random } from '../secrets.ts'
import { realmOf } from './realm.ts'

// The job `init` of compose.yaml: makes all secrets and certificates at the first start, and lays into
// the volume of each service what that one needs, readable by its own user and nobody else.

/** The users that the services run as, in their images. */
const users = {
  gateway: 1000,
  jobs: 1000,
  azurite: 1000,
  postgres: 999,
  pgbouncer: 10_002,
  keycloak: 1000,
  grafana: 472,
  operator: 10_003,
} as const

/** The addresses that compose.yaml gives to its parts. */
export const places = {
  publicUrl: 'http://localhost:8080',
  balancer: 'http://balancer:8080',
  gateways: ['gateway-1', 'gateway-2'],
}

const envFile = (values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('')

const urlOf = (user: string, password: string, host: string) =>
  `postgres://${user}:${password}@${host}/dashgate?sslmode=disable`

export async function layOutSecrets(kept: string, given: string): Promise<void> {
  mkdirSync(kept, { recursive: true, mode: 0o700 })
  const secrets = await loadSecrets(kept)
  const more = await readOrCreateJson(join(kept, 'compose.json'), () => ({
    keycloakDatabase: random(24, 'hex'),
    keycloakAdmin: random(12, 'hex'),
    grafanaAdmin: random(12, 'hex'),
  }))
  const tls = await ensureCertificates(kept, places.gateways)

  const ownRole = (host: string) => urlOf('dashgate_gateway', secrets.appRolePassword, host)
  const owner = urlOf('dashgate_owner', secrets.ownerPassword, 'postgres:5432')
  const blob = [
    'DefaultEndpointsProtocol=http;AccountName=dashgate',
    `AccountKey=${secrets.blobAccountKey}`,
    'BlobEndpoint=http://azurite:10000/dashgate',
  ].join(';')
  const realm = realmOf({ ...places, ...secrets, backchannelUrl: places.balancer })

  lay(given, 'gateway', {
    'gateway.env': envFile({
      DATABASE_URL: ownRole('pgbouncer:6432'),
      DATABASE_LISTEN_URL: ownRole('postgres:5432'),
      MASTER_KEY: secrets.masterKey,
      OIDC_CLIENT_SECRET: secrets.clientSecret,
      BLOB_CONNECTION_STRING: blob,
    }),
    'ca.pem': readFileSync(tls.ca, 'utf8'),
    'admin.pem': readFileSync(tls.serverCert, 'utf8'),
    'admin-key.pem': readFileSync(tls.serverKey, 'utf8'),
  })
  lay(given, 'jobs', {
    'jobs.env': envFile({
      MIGRATION_DATABASE_URL: owner,
      APP_ROLE_PASSWORD: secrets.appRolePassword,
      DATABASE_OWNER_URL: owner,
      BLOB_CONNECTION_STRING: blob,
    }),
  })
  lay(given, 'azurite', {
    'azurite.env': envFile({ AZURITE_ACCOUNTS: `dashgate:${secrets.blobAccountKey}` }),
  })
  lay(given, 'postgres', {
    'owner-password': secrets.ownerPassword,
    'keycloak-password': more.keycloakDatabase,
  })
  lay(given, 'pgbouncer', {
    users: `"dashgate_gateway" "${secrets.appRolePassword}"\n`,
  })
  lay(given, 'keycloak', {
    'keycloak.conf': [
      'bootstrap-admin-username=admin',
      `bootstrap-admin-password=${more.keycloakAdmin}`,
      `db-password=${more.keycloakDatabase}`,
      '',
    ].join('\n'),
    'dashgate-realm.json': `${JSON.stringify(realm, null, 2)}\n`,
  })
  lay(given, 'grafana', { 'admin-password': more.grafanaAdmin })
  lay(given, 'operator', {
    'ca.pem': readFileSync(tls.ca, 'utf8'),
    'operator.pem': readFileSync(tls.clientCert, 'utf8'),
    'operator-key.pem': readFileSync(tls.clientKey, 'utf8'),
    'passwords.txt': `Keycloak: admin, ${more.keycloakAdmin}\nGrafana: admin, ${more.grafanaAdmin}\n`,
  })
}

/** What is there already stays: at the next start it would be the same. */
function lay(given: string, service: keyof typeof users, files: Record<string, string>): void {
  const folder = join(given, service)
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name)
    if (existsSync(file)) continue
    writePrivateFile(file, text)
    if (process.getuid?.() === 0) chownSync(file, users[service], users[service])
  }
}

if (import.meta.main) {
  const [kept, given] = process.argv.slice(2)
  if (kept === undefined || given === undefined) {
    process.stderr.write(
      'Usage: node dev/compose/init.ts <folder that keeps> <folder that gives>\n',
    )
    process.exit(2)
  }
  await layOutSecrets(kept, given)
  process.stdout.write(`Secrets and certificates are there for ${readdirSync(given).join(', ')}\n`)
}
