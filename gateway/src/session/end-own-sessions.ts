import type { Context } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import { formFields } from '../edge/form.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import type { GatewayEnv } from '../request-context.ts'
import { isNewDenial } from './live-session.ts'
import type { OwnSessionsStore } from './own-sessions-store.ts'
import { sessionHandle } from './session-handle.ts'
import type { SessionRegistry } from './session-registry.ts'

export interface EndOwnSessionsDependencies {
  readonly store: OwnSessionsStore
  readonly registry: Pick<SessionRegistry, 'revoked'>
  readonly audit: AuditStore
  readonly count: (event: 'revoked', reason: string) => void
}

/** As many of the ended sessions as an audit line names. */
const named = 100

/**
 * POST /account/sessions/end: a person ends one of their other sessions, or all of them, on every
 * replica and with all that they have open. Only what the person's own list holds can be named.
 */
export const endOwnSessions = ({ store, registry, audit, count }: EndOwnSessionsDependencies) =>
  async function endOwnSessions(c: Context<GatewayEnv>): Promise<Response> {
    const form = await formFields(c)
    const session = c.get('session')
    const { principal, activeTenantId } = session
    const who = {
      actor: { type: 'user', id: principal.sub, email: principal.email },
      ...(activeTenantId === undefined ? {} : { tenantId: activeTenantId }),
      requestId: c.get('requestId'),
    } as const

    async function namedBy(handle: string) {
      const listed = await store.list(principal, session.idHash)
      const found = listed.find(
        ({ idHash }) => idHash !== session.idHash && sessionHandle(session, idHash) === handle,
      )
      if (found) return { idHash: found.idHash }
      if (isNewDenial(session, `session ${handle}`)) {
        await audit.record({
          ...who,
          action: 'session.end_refused',
          detail: { wanted: handle.slice(0, 100) },
        })
      }
      throw noSuchSession()
    }

    const handle = form.get('session')
    const which = handle === null ? { allBut: session.idHash } : await namedBy(handle)
    if (handle === null && form.get('others') === null) throw nothingNamed()
    const ended = await store.end(principal, which, (tx, idHashes) =>
      audit.recordIn(tx, {
        ...who,
        action: 'session.ended_elsewhere',
        detail: { ended: idHashes.length, sessions: idHashes.slice(0, named) },
      }),
    )
    for (const idHash of ended) {
      // Here at once; the other replicas are notified by the database.
      registry.revoked(idHash)
      count('revoked', 'ended_elsewhere')
    }
    c.header('Cache-Control', 'no-store')
    return c.redirect('/account?done=ended', 303)
  }

const back = [{ label: 'Your account', path: '/account' }]

const nothingNamed = () =>
  new GatewayError(400, 'invalid_request', 'The form says nothing about which session is to end.', {
    next: back,
  })

const noSuchSession = () =>
  new GatewayError(
    404,
    'no_such_session',
    'No session of yours goes by that name. It may have ended already; your account shows those that have not.',
    { next: back },
  )
