import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'

import { parseConfig, sections } from '../../gateway/src/config.ts'
import { accounts } from '../demo.ts'
import { root } from '../paths.ts'
import { layOutSecrets } from './init.ts'
import { realmOf } from './realm.ts'

const folder = mkdtempSync(join(tmpdir(), 'dashgate-init-'))
const [kept, given] = [join(folder, 'kept'), join(folder, 'given')]
const read = (...path: string[]) => readFileSync(join(given, ...path), 'utf8')
const everything = () =>
  readdirSync(given, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))

interface Service {
  environment: Record<string, string>
}
const { services } = parse(readFileSync(join(root, 'compose.yaml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>
}
const gatewayOf = (name: string) => services[name]?.environment ?? {}

beforeAll(() => layOutSecrets(kept, given))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the job init of compose.yaml', () => {
  it('makes secrets once: a second start finds all as it was', async () => {
    const before = everything().map((file) => readFileSync(file, 'utf8'))
    await layOutSecrets(kept, given)
    expect(everything().map((file) => readFileSync(file, 'utf8'))).toEqual(before)
  })

  it('makes others for another stack', async () => {
    const other = join(folder, 'other')
    await layOutSecrets(join(other, 'kept'), join(other, 'given'))
    for (const file of everything()) {
      expect(readFileSync(file.replace(given, join(other, 'given')))).not.toEqual(
        readFileSync(file),
      )
    }
  })

  it('lets nobody read them but the user of each service', () => {
    for (const file of everything()) expect(statSync(file).mode & 0o777, file).toBe(0o600)
  })

  it('gives no service the secret of another: only the jobs can be the owner of the tables', () => {
    const { ownerPassword, masterKey } = JSON.parse(
      readFileSync(join(kept, 'secrets.json'), 'utf8'),
    ) as Record<string, string>
    const holders = (secret = '') =>
      everything()
        .filter((file) => readFileSync(file, 'utf8').includes(secret))
        .map((file) => file.slice(given.length + 1))
        .toSorted()
    expect(holders(ownerPassword)).toEqual(['jobs/jobs.env', 'postgres/owner-password'])
    expect(holders(masterKey)).toEqual(['gateway/gateway.env'])
  })

  it.each(['gateway-1', 'gateway-2'])(
    'gives %s all that it needs to start, and nothing that it does not know',
    (name) => {
      const environment = { ...parseEnv(read('gateway', 'gateway.env')), ...gatewayOf(name) }
      const known = sections.flatMap(({ shape }) => Object.keys(shape))
      expect(Object.keys(environment).filter((key) => !known.includes(key))).toEqual([])
      const config = parseConfig(environment)
      expect(config.OIDC_CLIENT_ID).toBe('dashgate')
      const isPooled = config.DATABASE_URL.includes('pgbouncer:6432')
      expect([isPooled, config.DATABASE_LISTEN_URL?.includes('@postgres:5432')]).toEqual([
        true,
        true,
      ])
    },
  )
})

describe("Keycloak's realm", () => {
  const environment = gatewayOf('gateway-1')
  const realm = realmOf({
    clientSecret: 'a-secret',
    publicUrl: environment['PUBLIC_URL'] ?? '',
    backchannelUrl: 'http://balancer:8080',
  })
  const [client] = realm.clients

  it('is the issuer that the gateways are told, with the client and the secret that they have', () => {
    expect(environment['OIDC_ISSUER']).toMatch(new RegExp(`/realms/${realm.realm}$`))
    expect(client?.clientId).toBe(environment['OIDC_CLIENT_ID'])
    const secret = parseEnv(read('gateway', 'gateway.env'))['OIDC_CLIENT_SECRET']
    const imported = JSON.parse(read('keycloak', 'dashgate-realm.json')) as typeof realm
    expect(imported.clients[0]?.secret).toBe(secret)
  })

  it('sends people back to the gateway and nowhere else, by code with PKCE', () => {
    const publicUrl = environment['PUBLIC_URL']
    expect(client).toMatchObject({
      publicClient: false,
      standardFlowEnabled: true,
      implicitFlowEnabled: false,
      directAccessGrantsEnabled: false,
      redirectUris: [`${publicUrl}/auth/callback`],
      attributes: {
        'pkce.code.challenge.method': 'S256',
        'post.logout.redirect.uris': `${publicUrl}/logout`,
        'backchannel.logout.url': 'http://balancer:8080/auth/backchannel-logout',
      },
    })
  })

  it('puts the claims that the gateway reads into the ID token', () => {
    const claims = client?.protocolMappers.map(({ config }) => config)
    expect(claims?.map((config) => config['claim.name'])).toEqual(['tenant_id', 'role', 'tenants'])
    expect(claims?.every((config) => config['id.token.claim'] === 'true')).toBe(true)
    expect(client?.defaultClientScopes).toEqual(['basic', 'email'])
  })

  it('lets nobody choose a tenant or a role of their own', () => {
    const [profile] = realm.components['org.keycloak.userprofile.UserProfileProvider']
    const { attributes, unmanagedAttributePolicy } = JSON.parse(
      profile?.config['kc.user.profile.config'][0] ?? '',
    ) as {
      attributes: { name: string; permissions: { edit: string[] } }[]
      unmanagedAttributePolicy?: string
    }
    expect(unmanagedAttributePolicy).toBeUndefined()
    for (const name of ['tenant_id', 'role', 'tenants', 'email', 'username']) {
      expect(attributes.find((one) => one.name === name)?.permissions.edit, name).toEqual(['admin'])
    }
  })

  it('has the accounts of the demo', () => {
    expect(realm.users.map(({ email }) => email)).toEqual(accounts.map(({ login }) => login))
    expect(realm.users[0]?.attributes).toEqual({ role: ['viewer'], tenant_id: ['acme-corp'] })
    expect(realm.users.at(-1)?.attributes).toEqual({ role: ['admin'] })
  })
})
