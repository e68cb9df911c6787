import { Hono, type Context } from 'hono'
import { randomNonce, randomPKCECodeVerifier } from 'openid-client'
import type { AuditStore } from '../audit/audit-store.ts'
import { asGatewayError } from '../edge/error-response.ts'
import { GatewayError, type NextStep } from '../edge/gateway-error.ts'
import type { GatewayEnv } from '../request-context.ts'
import type { Principal } from '../session/principal.ts'
import type { SessionRegistry } from '../session/session-registry.ts'
import type { SessionStarter } from '../session/sign-in-session.ts'
import type { SessionStore } from '../session/session-store.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { newState, type LoginTransaction, type LoginTransactions } from './login-transaction.ts'
import { passwordForgotten, SignInRefusal, wordsOf } from './refusals.ts'
import type { RelyingParty, SignInChecks } from './relying-party.ts'
import { safeReturnTo } from './return-to.ts'

export interface SignInDependencies {
  readonly relyingParty: Pick<
    RelyingParty,
    'authorizationUrl' | 'otherAccountUrl' | 'passwordResetUrl' | 'redeem'
  >
  readonly transactions: LoginTransactions
  readonly starter: Pick<SessionStarter, 'signIn'>
  readonly store: Pick<SessionStore, 'revoke'>
  readonly registry: Pick<SessionRegistry, 'revoked'>
  readonly tenant: (id: string) => Tenant | undefined
  readonly audit: Pick<AuditStore, 'record'>
  readonly publicOrigin: string
  /** Where it is checked that the new session has come to stay. */
  readonly arrivalPath: (returnTo: string) => string
  readonly count: (event: 'begun' | 'refused', reason: string) => void
  /** Told why a sign-in came to nothing. */
  readonly report: (facts: Readonly<Record<string, string>>) => void
}

const loginPath = (returnTo: string) => `/login?return_to=${encodeURIComponent(returnTo)}`

const lost = () =>
  new GatewayError(
    400,
    'sign_in_lost',
    'This sign-in took too long, it was begun in another browser, or your browser does not keep cookies of this site. Allow them, and start it again.',
    { next: [{ label: 'Sign in', path: '/login' }] },
  )

/** The tenant that a new session acts for; staff choose later, unless there is only one. */
function firstTenant(
  { tenants, sub }: Principal,
  tenant: SignInDependencies['tenant'],
): string | undefined {
  const [only, ...more] = tenants === 'all' ? [] : tenants
  if (only === undefined || more.length > 0) return undefined
  if (tenant(only)?.status === 'active') return only
  throw new SignInRefusal(
    'tenant_unavailable',
    'Your organisation has no access at the moment.',
    'tenant_unavailable',
    sub,
  )
}

/**
 * What a person may do after a sign-in that came to nothing. Whoever was refused is still signed in
 * at the provider, which would send the same account again without asking: that way is a circle.
 */
function nextSteps(error: GatewayError, returnTo: string): readonly NextStep[] {
  const path = loginPath(returnTo)
  if (!(error instanceof SignInRefusal)) return [{ label: 'Sign in again', path }]
  return [
    { label: 'Use another account', path: `${path}&account=other` },
    { label: 'Sign out', path: '/logout', method: 'post' },
  ]
}

const newChecks = (): SignInChecks => ({
  state: newState(),
  nonce: randomNonce(),
  codeVerifier: randomPKCECodeVerifier(),
})

/** GET /login and GET /auth/callback: the authorization code grant with PKCE, state and nonce. */
export function signInRoutes(dependencies: SignInDependencies) {
  const { relyingParty, transactions, starter, store, registry, audit, publicOrigin } = dependencies
  const routes = new Hono<GatewayEnv>()

  /** Sends the browser to the provider, with what it must bring back in a sealed cookie. */
  async function leave(c: Context<GatewayEnv>, url: URL, transaction: LoginTransaction) {
    const cookies = await transactions.begin(transaction, c.env.incoming.headers.cookie)
    for (const cookie of cookies) c.header('Set-Cookie', cookie, { append: true })
    c.header('Cache-Control', 'no-store')
    return c.redirect(url.href, 302)
  }

  /** To where a new password is to be had, if that is set up. */
  async function resetPassword(c: Context<GatewayEnv>, returnTo: string) {
    const checks = newChecks()
    const url = await relyingParty.passwordResetUrl(checks)
    return url && leave(c, url, { ...checks, returnTo, purpose: 'password_reset' })
  }

  /** Makes the session, or says why there is none. */
  async function finish(c: Context<GatewayEnv>, transaction: LoginTransaction): Promise<string> {
    const signIn = await relyingParty.redeem(c.get('target').query, transaction)
    const { principal } = signIn
    const tenantId = firstTenant(principal, dependencies.tenant)
    const userAgent = c.env.incoming.headers['user-agent']
    const setCookie = await starter.signIn(principal, tenantId, signIn.tokens, userAgent)
    await audit.record({
      action: 'session.signed_in',
      actor: { type: 'user', id: principal.sub, email: principal.email },
      ...(tenantId === undefined ? {} : { tenantId }),
      requestId: c.get('requestId'),
      detail: { role: principal.role, address: c.get('clientAddress') },
    })
    const replaced = c.get('session')?.idHash ?? transaction.replaces
    if (replaced !== undefined) {
      await store.revoke(replaced, 'replaced')
      // Here at once; the other replicas are notified by the database.
      registry.revoked(replaced)
    }
    return setCookie
  }

  /** Counts it, logs it, and writes down whom we refused; what their claims said is not for the log. */
  async function note(error: GatewayError, c: Context<GatewayEnv>): Promise<void> {
    const requestId = c.get('requestId')
    dependencies.count('refused', error.code)
    const reason = error instanceof SignInRefusal ? { reason: error.reason } : {}
    dependencies.report({ requestId, errorCode: error.code, ...reason, ...wordsOf(error.cause) })
    if (!(error instanceof SignInRefusal)) return
    await audit.record({
      action: 'sign_in.refused',
      actor: { type: 'user', id: error.sub ?? '-' },
      requestId,
      detail: { reason: error.reason, address: c.get('clientAddress') },
    })
  }

  routes.get('/login', async function login(c) {
    const returnTo = safeReturnTo(c.req.query('return_to'), publicOrigin)
    const checks = newChecks()
    const url =
      c.req.query('account') === 'other'
        ? await relyingParty.otherAccountUrl(checks)
        : await relyingParty.authorizationUrl(checks)
    // At the callback, which comes from another site, the Strict cookie is not there.
    const replaces = c.get('session')?.idHash
    return leave(c, url, { ...checks, returnTo, ...(replaces === undefined ? {} : { replaces }) })
  })

  routes.get('/auth/callback', async function callback(c) {
    const state = c.req.query('state') ?? ''
    // Before anything is asked of the provider: was this sign-in begun by this browser?
    const transaction = await transactions.find(state, c.env.incoming.headers.cookie)
    // A second tab has finished the sign-in already: go on instead of complaining.
    if (!transaction && c.get('session')) return c.redirect('/', 303)
    if (!transaction) throw lost()
    c.header('Set-Cookie', transactions.deletion(state), { append: true })
    c.header('Cache-Control', 'no-store')
    const { returnTo, purpose } = transaction
    // Whatever came of the new password: it takes a sign-in, under the policy that is ours.
    if (purpose === 'password_reset') return c.redirect(loginPath(returnTo), 303)
    try {
      const setCookie = await finish(c, transaction)
      dependencies.count('begun', 'signed_in')
      c.header('Set-Cookie', setCookie, { append: true })
      return c.redirect(dependencies.arrivalPath(returnTo), 303)
    } catch (thrown) {
      const error = asGatewayError(thrown)
      const reset = error.code === passwordForgotten ? await resetPassword(c, returnTo) : undefined
      if (reset) return reset
      await note(error, c)
      throw error.offering(nextSteps(error, returnTo))
    }
  })

  return routes
}
