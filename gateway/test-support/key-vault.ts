import { createServer, Agent } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { agentPolicy } from '@azure/core-rest-pipeline'
import type { SecretClientOptions } from '@azure/keyvault-secrets'
import { createAuthority } from './certificates.ts'

const host = 'dashgate-test.vault.azure.net'
const directory = '66666666-7777-8888-9999-000000000000'

/**
 * A fake of Azure Key Vault, since the real one exists in Azure only: the part of its REST API that
 * reads a secret, over TLS, with the challenge that tells a client where to get a token
 * (https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses).
 * It has the name of a real vault, for which the client finds this one instead.
 */
export async function startKeyVault() {
  const authority = await createAuthority('Test of vaults')
  const state = {
    /** By name, or by name and version: `master-key/4387e9f3d6e14c459867679a90fd0f79`. */
    secrets: new Map<string, string>(),
    /** What each request had to show, in order. */
    shown: [] as (string | undefined)[],
    mode: 'answers' as 'answers' | 'forbids' | 'challenges as another' | 'falls silent',
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const reply = (status: number, body: object) =>
      void response
        .writeHead(status, { 'Content-Type': 'application/json' })
        .end(JSON.stringify(body))
    const { authorization } = request.headers
    state.shown.push(authorization)
    if (state.mode === 'falls silent') return
    if (!authorization) {
      const resource =
        state.mode === 'challenges as another' ? 'https://evil.test' : 'https://vault.azure.net'
      response.setHeader(
        'WWW-Authenticate',
        `Bearer authorization="https://login.windows.net/${directory}", resource="${resource}"`,
      )
      return reply(401, { error: { code: 'Unauthorized', message: 'A token is missing' } })
    }
    if (state.mode === 'forbids') {
      return reply(403, { error: { code: 'Forbidden', message: 'No right to read secrets' } })
    }
    const { pathname, searchParams } = new URL(request.url ?? '', `https://${host}`)
    const name = /^\/secrets\/(.+?)\/?$/.exec(pathname)?.[1] ?? ''
    const value = state.secrets.get(name)
    if (value === undefined || !searchParams.has('api-version')) {
      return reply(404, { error: { code: 'SecretNotFound', message: 'There is no such secret' } })
    }
    reply(200, { value, id: `https://${host}/secrets/${name}`, attributes: { enabled: true } })
  }

  const server = createServer({ ...(await authority.issue('vault', host)) }, answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const agent = new Agent({
    ca: authority.ca,
    lookup: (_, options, found) =>
      options.all
        ? found(null, [{ address: '127.0.0.1', family: 4 }])
        : found(null, '127.0.0.1', 4),
  })
  const client: SecretClientOptions = {
    additionalPolicies: [{ policy: agentPolicy(agent), position: 'perCall' }],
  }
  return Object.assign(state, {
    urlOf: (secret: string) => `https://${host}:${port}/secrets/${secret}`,
    /** Options with which a client reaches it under its name. */
    client,
    stop: async () => {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
