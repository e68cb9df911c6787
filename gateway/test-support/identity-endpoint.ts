import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Identity } from './certificates.ts'

/**
 * Gives out access tokens as Azure does, in the shapes that its documents describe: a managed
 * identity's endpoint (App Service, `IDENTITY_ENDPOINT`), and with a certificate an authority where
 * workloads sign in. Nothing but Azure has the real ones.
 */
export interface IdentityEndpoint {
  readonly url: string
  /** Requests for a token: headers, and parameters of query or body. */
  readonly asked: { headers: Record<string, unknown>; parameters: Record<string, string> }[]
  /** What it does from now on. */
  mode: 'gives' | 'refuses' | 'falls silent'
  lifetimeSeconds: number
  audience: string
  /** As it was in the beginning. */
  reset(): void
  close(): Promise<void>
}

export async function startIdentityEndpoint(certificate?: Identity): Promise<IdentityEndpoint> {
  const initial = { mode: 'gives', lifetimeSeconds: 3600 } as const
  const audience = 'https://storage.azure.com'
  const state: Omit<IdentityEndpoint, 'url' | 'close'> = {
    asked: [],
    ...initial,
    audience,
    reset() {
      Object.assign(state, initial, { audience })
      state.asked.length = 0
    },
  }

  const listener: RequestListener = (request, response) => {
    void answer(request, response)
  }
  async function answer(
    request: Parameters<RequestListener>[0],
    response: Parameters<RequestListener>[1],
  ): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', url)
    const reply = (status: number, body: object) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
    if (pathname.endsWith('/openid-configuration')) {
      const base = `${url}/${pathname.split('/')[1]}`
      return void reply(200, {
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      })
    }
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const parameters = Object.fromEntries([...searchParams, ...new URLSearchParams(body)])
    state.asked.push({ headers: request.headers, parameters })
    if (state.mode === 'falls silent') return
    if (state.mode === 'refuses') return void reply(400, { error: 'invalid_request' })
    const expires = Math.floor(Date.now() / 1000) + state.lifetimeSeconds
    reply(200, {
      access_token: accessToken(state.audience, expires),
      expires_in: state.lifetimeSeconds,
      // An authority says how long from now; a managed identity's endpoint says until when.
      ...(certificate ? {} : { expires_on: expires, resource: parameters['resource'] }),
      token_type: 'Bearer',
    })
  }

  const server = certificate
    ? createHttpsServer({ ...certificate }, listener)
    : createHttpServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`
  return Object.assign(state, {
    url,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

let count = 0
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A token of Entra's shape; the emulator does not look at the signature. */
function accessToken(audience: string, expires: number): string {
  count += 1
  const claims = {
    aud: audience,
    iss: 'https://sts.windows.net/66666666-7777-8888-9999-000000000000/',
    iat: expires - 7200,
    nbf: expires - 7200,
    exp: expires,
    uti: String(count),
  }
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.x`
}
