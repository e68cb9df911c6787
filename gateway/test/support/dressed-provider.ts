import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT, type JWK } from 'jose'
import {
  interactionPolicy,
  Provider,
  type Configuration,
  type KoaContextWithOIDC,
} from 'oidc-provider'
import { accounts as demoAccounts } from '../../../dev/demo.ts'
import { createAccounts, subjectOf } from '../../../dev/provider/accounts.ts'
import { createConfiguration } from '../../../dev/provider/configuration.ts'
import { signInPage } from '../../../dev/provider/pages.ts'
import { writePrivateJson } from '../../../dev/private-file.ts'
import { passwordResetRoute } from './dress-azure-ad-b2c.ts'
import type { Claims, Dress, Parameters, SentBack } from './dress.ts'

export interface DressedOptions {
  readonly port: number
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly gatewayUrl: string
  /** An empty folder for its keys and sessions. */
  readonly directory: string
}

/** The shortest there is: due for a refresh two thirds of a second after it was given. */
const accessTokenSeconds = 1

/** One that lets people choose an account, as the plain provider does not. */
function policyWithChoice() {
  const policy = interactionPolicy.base()
  const prompt = new interactionPolicy.Prompt({ name: 'select_account', requestable: true })
  policy.add(prompt, 0)
  return policy
}

/** The demo's provider on other routes, with another client. */
async function configurationOf(dress: Dress, options: DressedOptions): Promise<Configuration> {
  const { directory, clientId, clientSecret, gatewayUrl } = options
  const usersFile = join(directory, 'users.json')
  writePrivateJson(usersFile, demoAccounts)
  const base = await createConfiguration(
    { ...options, host: '127.0.0.1', usersFile, cookieKey: 'of-the-tests', accessTokenSeconds },
    createAccounts(usersFile),
  )
  return {
    ...base,
    routes: dress.routes,
    scopes: [...dress.scopes],
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${gatewayUrl}/auth/callback`],
        post_logout_redirect_uris: [`${gatewayUrl}/logout`],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: dress.clientAuthentication,
      },
    ],
    // The library leaves this scope out where nobody was asked for consent, and then refuses it at
    // a refresh; these providers give it to whoever is allowed to ask.
    async issueRefreshToken(_, __, code) {
      code.scope = `${code.scope ?? ''} offline_access`.trim()
      return true
    },
    interactions: {
      url: (_, { uid }) => `/interaction/${uid}`,
      policy: policyWithChoice(),
    },
    async loadExistingGrant({ oidc: { client, session, provider } }) {
      const grant = new provider.Grant({
        clientId: client?.clientId ?? '',
        accountId: session?.accountId ?? '',
      })
      grant.addOIDCScope(dress.scopes.join(' '))
      await grant.save()
      return grant
    },
  }
}

/** Sends the browser back to the client with something in the query. */
function sendBack(response: ServerResponse, to: Parameters, what: Record<string, string>): void {
  const url = new URL(to['redirect_uri'] ?? '')
  for (const [name, value] of Object.entries(what)) url.searchParams.set(name, value)
  url.searchParams.set('state', to['state'] ?? '')
  response.writeHead(302, { location: url.href }).end()
}

/** A real OpenID provider behind a thin layer that changes addresses, documents and tokens. */
export async function startDressedProvider(dress: Dress, options: DressedOptions) {
  const { issuer, port, gatewayUrl } = options
  const accounts = createAccounts(join(options.directory, 'users.json'))
  const configuration = await configurationOf(dress, options)
  const provider = new Provider(issuer, configuration)
  const callbackUrl = `${gatewayUrl}/auth/callback`
  const key = configuration.jwks?.keys[0] ?? {}
  const state = {
    /** Changes the next ID tokens; for tokens that a provider should not give, or a person's with gaps. */
    alter: (claims: Claims): Claims => claims,
    tokenRequests: [] as Parameters[],
    authorizationRequests: [] as Parameters[],
  }

  async function signedAgain(idToken: string): Promise<string> {
    const claims = decodeJwt(idToken)
    const account = accounts.bySubject(claims.sub ?? '')
    const payload = account ? dress.idToken(claims, account) : claims
    const { alg = '', kid = '' } = decodeProtectedHeader(idToken)
    return new SignJWT({ ...state.alter(payload) })
      .setProtectedHeader({ typ: 'JWT', alg, kid })
      .sign(await importJWK(key as JWK, alg))
  }

  async function dressTokens(ctx: KoaContextWithOIDC): Promise<void> {
    const request = (ctx.oidc.body ?? {}) as Parameters
    state.tokenRequests.push(request)
    const given = ctx.body as Record<string, unknown> | undefined
    if (typeof given?.['id_token'] !== 'string') return
    const answered = { ...given, id_token: await signedAgain(given['id_token']) }
    ctx.body = dress.tokens(answered, request)
  }

  provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next()
    if (ctx.path === dress.routes.token) await dressTokens(ctx)
    const location = ctx.response.headers['location'] ?? ''
    // None of the two that are dressed as knows RFC 9207.
    if (dress.document && location.startsWith(callbackUrl)) {
      const url = new URL(location)
      url.searchParams.delete('iss')
      ctx.set('location', url.href)
    }
  })

  // Made after the layer, which it takes in.
  const answer = provider.callback()

  /** `/interaction/<id>` is the sign-in form; below it, `cancel` and `forgot` are its two other ways. */
  async function interact(request: IncomingMessage, response: ServerResponse, path: string) {
    const abort = (fault: SentBack) => provider.interactionFinished(request, response, { ...fault })
    if (path.endsWith('/cancel')) return abort(dress.cancelled)
    if (path.endsWith('/forgot'))
      return abort({
        error: 'access_denied',
        error_description: 'AADB2C90118: The user has forgotten their password.\r\n',
      })
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(signInPage({ action: path }))
      return
    }
    const form = new URLSearchParams(await text(request))
    const account = accounts.signIn(form.get('login') ?? '', form.get('password') ?? '')
    await provider.interactionFinished(request, response, {
      select_account: {},
      ...(account ? { login: { accountId: subjectOf(account) } } : {}),
    })
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`)
    const query: Parameters = Object.fromEntries(url.searchParams)
    if (url.pathname.endsWith('/.well-known/openid-configuration') && dress.document) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(dress.document(issuer, url.origin)))
      return
    }
    if (url.pathname.startsWith('/interaction/')) return interact(request, response, url.pathname)
    if (url.pathname === passwordResetRoute) {
      state.authorizationRequests.push({ ...query, policy: 'B2C_1_passwordreset' })
      return sendBack(response, query, { code: 'of-another-policy' })
    }
    if (url.pathname === dress.routes.authorization) {
      state.authorizationRequests.push(query)
      const refusal = dress.refuses?.(query)
      if (refusal) return sendBack(response, query, { ...refusal })
    }
    if (url.pathname === dress.routes.end_session && dress.signsOutAtOnce) {
      response.setHeader('set-cookie', '_session=; Path=/; Max-Age=0')
      response.writeHead(302, { location: query['post_logout_redirect_uri'] ?? '' }).end()
      return
    }
    return answer(request, response)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    state,
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export type DressedProvider = Awaited<ReturnType<typeof startDressedProvider>>
