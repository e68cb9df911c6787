import { Hono } from 'hono'
import { randomNonce, randomPKCECodeVerifier } from 'openid-client'
import type { AuditStore } from '../audit/audit-store.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import type { GatewayEnv } from '../request-context.ts'
import type { Principal } from '../session/principal.ts'
import type { SessionStarter } from '../session/sign-in-session.ts'
import type { SessionStore } from '../session/session-store.ts'
import type { Tenant } from '../tenant/directory.ts'
import { newState, type LoginTransactions } from './login-transaction.ts'
import type { RelyingParty } from './relying-party.ts'
import { safeReturnTo } from './return-to.ts'

export interface SignInDependencies {
  readonly relyingParty: Pick<RelyingParty, 'authorizationUrl' | 'redeem'>
  readonly transactions: LoginTransactions
  readonly starter: Pick<SessionStarter, 'signIn'>
  readonly store: Pick<SessionStore, 'revoke'>
  readonly tenant: (id: string) => Tenant | undefined
  readonly audit: Pick<AuditStore, 'record'>
  readonly publicOrigin: string
  readonly count: (event: 'begun' | 'refused') => void
}

const lost = () =>
  new GatewayError(
    400,
    'sign_in_lost',
    'This sign-in took too long, or it was begun in another browser. Start it again.',
  )

/** The tenant that a new session acts for; staff choose later, unless there is only one. */
function firstTenant(
  principal: Principal,
  tenant: SignInDependencies['tenant'],
): string | undefined {
  const [only, ...more] = principal.tenants === 'all' ? [] : principal.tenants
  if (only === undefined || more.length > 0) return undefined
  if (tenant(only)?.status === 'active') return only
  throw new GatewayError(
    403,
    'tenant_unavailable',
    'Your organisation has no access at the moment. Ask whoever manages it.',
  )
}

/** GET /login and GET /auth/callback: the authorization code grant with PKCE, state and nonce. */
export function signInRoutes(dependencies: SignInDependencies) {
  const { relyingParty, transactions, starter, store, audit, publicOrigin } = dependencies
  const routes = new Hono<GatewayEnv>()

  routes.get('/login', async function login(c) {
    const checks = {
      state: newState(),
      nonce: randomNonce(),
      codeVerifier: randomPKCECodeVerifier(),
    }
    const returnTo = safeReturnTo(c.req.query('return_to'), publicOrigin)
    const url = await relyingParty.authorizationUrl(checks)
    // At the callback, which comes from another site, the Strict cookie is not there.
    const replaces = c.get('session')?.idHash
    const transaction = { ...checks, returnTo, ...(replaces === undefined ? {} : { replaces }) }
    const cookies = await transactions.begin(transaction, c.env.incoming.headers.cookie)
    for (const cookie of cookies) c.header('Set-Cookie', cookie, { append: true })
    c.header('Cache-Control', 'no-store')
    return c.redirect(url.href, 302)
  })

  routes.get('/auth/callback', async function callback(c) {
    const state = c.req.query('state') ?? ''
    // Before anything is asked of the provider: was this sign-in begun by this browser?
    const transaction = await transactions.find(state, c.env.incoming.headers.cookie)
    const previous = c.get('session')
    // A second tab has finished the sign-in already: go on instead of complaining.
    if (!transaction && previous) return c.redirect('/', 303)
    if (!transaction) throw lost()
    c.header('Set-Cookie', transactions.deletion(state), { append: true })
    c.header('Cache-Control', 'no-store')
    try {
      const signIn = await relyingParty.redeem(c.get('target').query, transaction)
      const { principal } = signIn
      const tenantId = firstTenant(principal, dependencies.tenant)
      const setCookie = await starter.signIn(principal, tenantId, signIn.tokens)
      await audit.record({
        action: 'session.signed_in',
        actor: { type: 'user', id: principal.sub, email: principal.email },
        ...(tenantId === undefined ? {} : { tenantId }),
        requestId: c.get('requestId'),
        detail: { role: principal.role },
      })
      const replaced = previous?.idHash ?? transaction.replaces
      if (replaced !== undefined) await store.revoke(replaced, 'replaced')
      dependencies.count('begun')
      c.header('Set-Cookie', setCookie, { append: true })
      return c.redirect(transaction.returnTo, 303)
    } catch (error) {
      dependencies.count('refused')
      throw error
    }
  })

  return routes
}
