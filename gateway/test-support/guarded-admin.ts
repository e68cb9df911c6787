import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { Agent, request } from 'undici'
import { createAdminApp } from '../src/admin-app.ts'
import { verifyAccessToken } from '../src/admin/access-token.ts'
import type { OperatorOptions } from '../src/admin/operator.ts'
import { createAuditStore } from '../src/audit/audit-store.ts'
import { connectDatabase } from '../src/db/client.ts'
import { intake } from '../src/edge/intake.ts'
import { requestId } from '../src/edge/request-id.ts'
import { startServers } from '../src/servers.ts'
import { createAuthority, type Identity } from './certificates.ts'
import { describedAccess, operators } from './operators.ts'

/** What a caller has to show. */
export interface Credentials {
  readonly certificate?: Identity
  /** Value of `Authorization`. */
  readonly authorization?: string
}

export interface Asked extends Credentials {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: unknown
}

/** Somebody who signs access tokens, as a provider does, and can also sign what one never would. */
export async function tokenIssuer() {
  const issuer = 'https://login.example'
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1' }] })
  const now = Math.floor(Date.now() / 1000)
  return {
    checks: { keys, issuer, audience: 'dashgate-admin', role: 'dashgate.admin', clients: [] },
    /** A bearer token of the client `pipeline-client`, but for what is said here. */
    bearer: async (changes: Record<string, unknown> = {}) =>
      `Bearer ${await new SignJWT({
        iss: issuer,
        aud: 'dashgate-admin',
        sub: 'pipeline-client',
        client_id: 'pipeline-client',
        scope: 'dashgate.admin',
        iat: now,
        exp: now + 600,
        ...changes,
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'k1' })
        .sign(privateKey)}`,
  }
}

/** The admin API behind all that guards it, for operators named `pipeline`. */
export async function startGuardedAdmin(gatewayUrl: string) {
  const database = connectDatabase({ url: gatewayUrl })
  const audit = createAuditStore(database)
  const authority = await createAuthority('Test CA')
  const issuer = await tokenIssuer()
  const server = await authority.issue('localhost')
  const running: { stop(graceMs: number): Promise<void> }[] = []

  /** A listener of its own, which counts on its own. */
  async function listen(options: Partial<OperatorOptions>) {
    const app = createAdminApp({
      database,
      audit,
      // Whoever rotates keys has come past the guard; that is not what is tested here.
      keyRings: {} as never,
      requireOperator: operators(audit, {
        verifyToken: (token, thumbprint) => verifyAccessToken(token, thumbprint, issuer.checks),
        ...options,
      }),
      access: describedAccess,
      edge: [requestId()],
      intake: intake(),
      report: () => {},
    })
    const address = { host: '127.0.0.1', port: 0 }
    const tls = { ca: authority.ca, ...server }
    const servers = await startServers([{ name: 'admin', address, app, tls }])
    running.push(servers)
    const port = servers.port('admin') ?? 0

    async function ask({ certificate, authorization, headers, ...asked }: Asked = {}) {
      const connection = { ca: authority.ca, servername: 'localhost', ...certificate }
      const dispatcher = new Agent({ connect: connection })
      try {
        const response = await request(
          `https://127.0.0.1:${port}${asked.path ?? '/admin/tenants'}`,
          {
            method: asked.method ?? 'GET',
            dispatcher,
            headers: {
              ...headers,
              ...(authorization === undefined ? {} : { authorization }),
              ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
            },
            body: asked.body === undefined ? null : JSON.stringify(asked.body),
          },
        )
        const text = await response.body.text()
        const json = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
        return { status: response.statusCode, headers: response.headers, text, json }
      } finally {
        await dispatcher.destroy()
      }
    }
    return { ask, port }
  }

  return {
    authority,
    issuer,
    audit,
    listen,
    async stop(): Promise<void> {
      await Promise.all(running.map((servers) => servers.stop(100)))
      await database.close()
    },
  }
}

export type GuardedAdmin = Awaited<ReturnType<typeof startGuardedAdmin>>
