import type { Context } from 'hono'
import type { GatewayEnv } from '../request-context.ts'
import { signInAgain } from '../edge/gateway-error.ts'
import { stage } from '../stage.ts'
import { countRound, returnPath } from './arrival.ts'
import type { LiveSession } from './live-session.ts'
import type { SessionCookies } from './session-cookie.ts'
import type { SessionRegistry } from './session-registry.ts'

export interface SessionStageOptions {
  readonly cookies: Pick<SessionCookies, 'only'>
  readonly registry: Pick<SessionRegistry, 'find'>
}

/** Who is calling? Sets the session if there is one; refuses nothing. */
export const loadSession = ({ cookies, registry }: SessionStageOptions) =>
  stage(function loadSession(c) {
    const note = (session: LiveSession | undefined) => {
      if (!session) return
      c.set('session', session)
      c.set('caller', session.principal)
    }
    const value = cookies.only(c.env.incoming.headers.cookie)
    const found = value === undefined ? undefined : registry.find(value)
    return found instanceof Promise ? found.then(note) : note(found)
  })

/**
 * Moves the idle end away for what only a person does: going somewhere. Whatever a page asks for by
 * itself (polls, heartbeats, timers) keeps no unattended tab signed in; the shell's script says when
 * somebody is at work in an open page (`POST /session/activity`).
 */
export const noteNavigation = (registry: Pick<SessionRegistry, 'seen'>) =>
  stage(function noteNavigation(c) {
    const session = c.get('session')
    if (session && c.get('clientKind') === 'document') registry.seen(session)
  })

/** What the shell's script says of a person who is at work in an open page. */
export const noteActivity = (registry: Pick<SessionRegistry, 'seen'>) =>
  stage(function noteActivity(c) {
    registry.seen(c.get('session'))
  })

/** The two pages that a person without a session may see before sign-in. */
export interface SessionPages {
  /** A page that goes on from our own site. */
  opening(c: Context<GatewayEnv>, next: string): string
  /** What a frame shows when the session has ended. */
  sessionEnded(c: Context<GatewayEnv>): string
}

/**
 * Sends a person without a session to sign-in and refuses a script. A navigation that comes from
 * another site carries no SameSite=Strict cookie even when there is one, so a page of ours asks from
 * here, once; it is also what keeps the fragment of a deep link, which dashboards have.
 */
export const requireSession = (pages: SessionPages) =>
  stage(function requireSession(c) {
    if (c.get('session')) return
    const kind = c.get('clientKind')
    const { path, query } = c.get('target')
    if (kind === 'script' || c.env.upgrade) throw signInAgain()
    c.header('Cache-Control', 'no-store')
    if (kind === 'frame') {
      c.header('X-Gateway-Error', 'session_expired')
      return c.html(pages.sessionEnded(c), 401)
    }
    const { 'sec-fetch-site': site, 'sec-fetch-dest': destination } = c.env.incoming.headers
    const isForeign = site === 'cross-site'
    if (!isForeign) countRound(c, path + query)
    // What only looks like a browser has no fragment to lose, and follows redirects.
    const hasFragment = path.startsWith('/dashboard/') && destination === 'document'
    if (isForeign || hasFragment) {
      return c.html(pages.opening(c, returnPath(path + query)))
    }
    return c.redirect(`/login?return_to=${encodeURIComponent(path + query)}`, 302)
  })
