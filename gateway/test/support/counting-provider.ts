import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Provider, type Adapter, type KoaContextWithOIDC } from 'oidc-provider'
import { accounts as demoAccounts } from '../../../dev/demo.ts'
import { freePorts } from '../../../dev/ports.ts'
import { writePrivateJson } from '../../../dev/private-file.ts'
import { createAccounts } from '../../../dev/provider/accounts.ts'
import { createConfiguration } from '../../../dev/provider/configuration.ts'
import { createSignIn } from '../../../dev/provider/sign-in.ts'
import { createSqliteAdapter } from '../../../dev/provider/sqlite-adapter.ts'

/** One time that somebody came with a refresh token. */
export interface TokenUse {
  readonly refreshToken: string
  /** Which sign-in it goes back to. */
  readonly grantId: string | undefined
  /** Milliseconds of `performance.now()`: when it came, and when the next token was made. */
  readonly askedAt: number
  readonly rotatedAt: number
  readonly error: string | undefined
}

/**
 * A refresh token that was used is good for so long after that, as providers have it that count on
 * answers getting lost (Okta: grace period, Auth0: overlap). Later, its whole family is revoked.
 */
const withReuse = (adapter: Adapter, seconds: () => number): Adapter => ({
  ...adapter,
  async find(id) {
    const found = await adapter.find(id)
    const usedAt = found?.consumed as number | undefined
    if (!found || usedAt === undefined || Date.now() / 1000 - usedAt > seconds()) return found
    const { consumed: _, ...unused } = found
    return unused
  },
})

/** A real OpenID provider with rotating refresh tokens that writes down each use of one. */
export async function startCountingProvider(gatewayUrl: string) {
  const directory = await mkdtemp(join(tmpdir(), 'dashgate-provider-'))
  const { provider: port } = await freePorts(0)
  const issuer = `http://localhost:${port}`
  const clientSecret = randomBytes(32).toString('base64url')
  const usersFile = join(directory, 'users.json')
  writePrivateJson(usersFile, demoAccounts)
  const accounts = createAccounts(usersFile)
  const state = {
    accessTokenSeconds: 60,
    /** 0 is what RFC 9700 §4.14.2 has: a second use revokes all of the family. */
    reuseSeconds: 0,
    uses: [] as TokenUse[],
    /** Comes between the rotation of a token and the answer. */
    beforeAnswer: () => Promise.resolve(),
  }
  const base = await createConfiguration(
    {
      issuer,
      port,
      directory,
      usersFile,
      gatewayUrl,
      clientId: 'dashgate',
      clientSecret,
      cookieKey: randomBytes(32).toString('base64url'),
      accessTokenSeconds: state.accessTokenSeconds,
    },
    accounts,
  )
  const adapterOf = createSqliteAdapter(join(directory, 'tokens.sqlite'))
  const provider = new Provider(issuer, {
    ...base,
    adapter: (model: string) =>
      model === 'RefreshToken'
        ? withReuse(adapterOf(model), () => state.reuseSeconds)
        : adapterOf(model),
    ttl: { ...base.ttl, AccessToken: () => state.accessTokenSeconds },
  })

  provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    const askedAt = performance.now()
    await next()
    const asked = ctx.path === '/token' ? ctx.oidc.body : undefined
    if (asked?.['grant_type'] !== 'refresh_token') return
    const { error } = ctx.body as { error?: string }
    state.uses.push({
      refreshToken: String(asked['refresh_token']),
      grantId: ctx.oidc.entities.Grant?.jti,
      askedAt,
      rotatedAt: performance.now(),
      error,
    })
    await state.beforeAnswer()
  })
  // Made after the layer, which it takes in.
  const answer = provider.callback()
  const signIn = createSignIn(provider, accounts, gatewayUrl)
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/')) void signIn(request, response)
    else void answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))

  return {
    issuer,
    state,

    /** What a gateway has to know of it. */
    environment: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: 'dashgate',
      OIDC_CLIENT_SECRET: clientSecret,
    },

    /** Keeps back the answer to the next refresh: its token is used up, and nobody has another yet. */
    holdNext() {
      const held = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      state.beforeAnswer = () => {
        state.beforeAnswer = () => Promise.resolve()
        held.resolve()
        return released.promise
      }
      return { held: held.promise, release: () => released.resolve() }
    },

    async stop(): Promise<void> {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type CountingProvider = Awaited<ReturnType<typeof startCountingProvider>>
