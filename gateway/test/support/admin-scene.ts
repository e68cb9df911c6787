import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { inject } from 'vitest'
import { createAuthority, type Identity } from '../../test-support/certificates.ts'
import { startOwnProvider } from './own-provider.ts'
import { startGateways, type Replica } from './replicas.ts'
import { stack } from './stack.ts'

/** What a caller of the admin API has to show. */
export interface Shown {
  readonly certificate?: Identity
  readonly token?: string
  readonly tls?: object
}

/** The gateways of the scene, by how they are set. */
const settings = {
  either: { ADMIN_AUTH: 'either' },
  both: { ADMIN_AUTH: 'both' },
  limited: { ADMIN_AUTH: 'certificate', ADMIN_REQUESTS_PER_MINUTE: '5' },
}

/** Gateways on the stack's database, with a CA and a provider of the test's own. */
export async function startAdminScene() {
  const folder = await mkdtemp(join(tmpdir(), 'dashgate-admin-access-'))
  const authority = await createAuthority('Scenario CA')
  const server = await authority.issue('localhost')
  const files = {
    ADMIN_CA_FILE: authority.ca,
    ADMIN_CERT_FILE: server.cert,
    ADMIN_KEY_FILE: server.key,
  }
  const paths = Object.keys(files).map((name) => [name, join(folder, name)] as const)
  for (const [name, path] of paths) {
    await writeFile(path, files[name as keyof typeof files], { mode: 0o600 })
  }
  const provider = await startOwnProvider()
  const environment: Readonly<Record<string, string>> = {
    ...inject('gatewayEnvironment'),
    ...Object.fromEntries(paths),
    ADMIN_CLIENT_SUBJECTS: 'pipeline',
    ADMIN_TOKEN_ISSUER: provider.issuer,
  }
  const gateways = await startGateways(Object.keys(settings).length, {
    environment,
    logs: stack.logs,
    override: (index) => Object.values(settings)[index] ?? {},
  })

  const replica = (which: keyof typeof settings) =>
    gateways.replicas[Object.keys(settings).indexOf(which)] as Replica
  const addressOf = (which: keyof typeof settings) => replica(which).adminUrl

  return {
    authority,
    provider,
    /** The settings and files of its gateways. */
    environment,
    adminPort: (which: keyof typeof settings): number => Number(new URL(addressOf(which)).port),
    /** The certificate that is on the list. */
    pipeline: await authority.issue('pipeline'),
    gateway: (which: keyof typeof settings): Replica['part'] => replica(which).part,

    async ask(which: keyof typeof settings, { certificate, token, tls }: Shown = {}) {
      const connection = { ca: authority.ca, servername: 'localhost', ...certificate, ...tls }
      const dispatcher = new Agent({ connect: connection })
      try {
        const { statusCode, headers, body } = await request(`${addressOf(which)}/admin/tenants`, {
          dispatcher,
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        })
        const { code } = (await body.json()) as { code?: string }
        return {
          /** Status and code of the refusal. */
          outcome: code === undefined ? String(statusCode) : `${statusCode} ${code}`,
          code,
          headers,
          requestId: String(headers['x-request-id']),
        }
      } finally {
        await dispatcher.destroy()
      }
    },

    async stop(): Promise<void> {
      await gateways.stop()
      await provider.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type AdminScene = Awaited<ReturnType<typeof startAdminScene>>
