import { Hono } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import { formFields } from '../edge/form.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import type { GatewayEnv } from '../request-context.ts'
import type { SessionCookies } from '../session/session-cookie.ts'
import type { SessionRegistry } from '../session/session-registry.ts'
import type { SessionStore } from '../session/session-store.ts'
import { usedBefore } from './logout-token.ts'
import type { RelyingParty } from './relying-party.ts'

export interface SignOutDependencies {
  readonly relyingParty: Pick<RelyingParty, 'logoutUrl' | 'loggedOut'>
  readonly store: Pick<SessionStore, 'revoke' | 'revokeByProvider'>
  readonly registry: Pick<SessionRegistry, 'revoked'>
  readonly cookies: Pick<SessionCookies, 'deletion'>
  readonly audit: Pick<AuditStore, 'record'>
  readonly count: (event: 'ended' | 'revoked', reason: string) => void
}

/** POST /logout and POST /auth/backchannel-logout. */
export function signOutRoutes(dependencies: SignOutDependencies) {
  const { relyingParty, store, registry, cookies, audit } = dependencies
  const routes = new Hono<GatewayEnv>()

  routes.post('/logout', async function logout(c) {
    const session = c.get('session')
    c.header('Cache-Control', 'no-store')
    if (session) {
      // The row first: a cookie that is only cleared is still good for whoever copied it.
      await store.revoke(session.idHash, 'signed_out')
      registry.revoked(session.idHash)
      dependencies.count('ended', 'signed_out')
      await audit.record({
        action: 'session.signed_out',
        actor: { type: 'user', id: session.principal.sub, email: session.principal.email },
        ...(session.activeTenantId === undefined ? {} : { tenantId: session.activeTenantId }),
        requestId: c.get('requestId'),
      })
    }
    c.header('Set-Cookie', cookies.deletion)
    // Not "cookies": with ours those of other programs on this host would go.
    c.header('Clear-Site-Data', '"storage"')
    // Signed out here whatever happens at the provider.
    const url = await relyingParty.logoutUrl().catch(() => undefined)
    return c.redirect(url?.href ?? '/logout', 303)
  })

  routes.post('/auth/backchannel-logout', async function backchannelLogout(c) {
    c.header('Cache-Control', 'no-store')
    const token = (await formFields(c)).get('logout_token')
    if (token === null)
      throw new GatewayError(400, 'invalid_request', 'The form field logout_token is missing.')
    const { whose, ...use } = await relyingParty.loggedOut(token)
    const ended = await store.revokeByProvider(whose, use)
    if (!ended) throw usedBefore()
    for (const idHash of ended) {
      registry.revoked(idHash)
      dependencies.count('revoked', 'backchannel_logout')
    }
    await audit.record({
      action: 'session.backchannel_logout',
      actor: { type: 'gateway', id: whose.issuer },
      requestId: c.get('requestId'),
      detail: { sessions: ended.length },
    })
    return c.body(null, 200)
  })

  return routes
}
