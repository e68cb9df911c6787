import type { LiveSession } from '../session/live-session.ts'

/** What signing needs; the tenant token says who asks, for which tenant and dashboard. */
export interface TokenSigner {
  sign(claims: {
    readonly sub: string
    readonly tenantId: string
    readonly role: 'admin' | 'viewer'
    readonly email: string
    readonly dashboard: string
    readonly sid: string
  }): Promise<{ readonly token: string; readonly expiresAt: number }>
}

/** A token with less than this left is replaced: a callback may take minutes and ask for data at its end. */
const renewBeforeSeconds = 300

/**
 * Tenant tokens, signed once for each session and dashboard and then reused.
 *
 * @returns `fresh` signs a new one, for a socket that will live with it
 */
export function createTenantTokenCache(signer: TokenSigner) {
  let hits = 0
  let misses = 0
  async function fresh(session: LiveSession, tenantId: string, dashboard: string) {
    const { sub, email, role } = session.principal
    const signed = await signer.sign({ sub, email, role, tenantId, dashboard, sid: session.idHash })
    session.tenantTokens.set(dashboard, signed)
    return signed
  }
  return {
    fresh,
    async tokenFor(session: LiveSession, tenantId: string, dashboard: string) {
      const known = session.tenantTokens.get(dashboard)
      const enough = known && known.expiresAt - session.now() / 1000 > renewBeforeSeconds
      if (enough) {
        hits += 1
        return known
      }
      misses += 1
      return fresh(session, tenantId, dashboard)
    },
    /** How often it helped, for the metrics; tokens are held by their sessions. */
    use: () => ({ hits, misses }),
  }
}

export type TenantTokenCache = ReturnType<typeof createTenantTokenCache>
