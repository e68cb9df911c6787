import type { Context } from 'hono'
import { GatewayError, signInAgain } from '../edge/gateway-error.ts'
import type { GatewayEnv } from '../request-context.ts'
import { cookieValues, hostCookie } from './cookie-header.ts'

/**
 * Says that somebody came back with a session a moment ago, and how often it was gone at the next
 * page. It can only be lost with the session's own cookie, and then nobody comes back with a session.
 */
const arrivedCookie = '__Host-Http-arrived'
const arrivedSeconds = 60
const mostRounds = 3

const query = (returnTo: string) => `return_to=${encodeURIComponent(returnTo)}`

/** Where it is found out whether the browser shows a session to our own site. */
export const returnPath = (returnTo: string) => `/auth/return?${query(returnTo)}`

/** Where a sign-in ends: the session is there now, or never. */
export const arrivalPath = (returnTo: string) => `${returnPath(returnTo)}&after=sign-in`

export interface ArrivalOptions {
  readonly safeReturnTo: (wanted: string | undefined) => string
  /** A page that goes on from our own site. */
  readonly opening: (c: Context<GatewayEnv>, next: string) => string
}

/**
 * GET /auth/return: on to where somebody wanted to go, with a session; without one to sign-in. After
 * a sign-in there must be one, at the latest when our own page asks: whoever comes without it then
 * would be signed in again and again.
 */
export const arrive = ({ safeReturnTo, opening }: ArrivalOptions) =>
  function arrive(c: Context<GatewayEnv>): Response {
    const returnTo = safeReturnTo(c.req.query('return_to'))
    c.header('Cache-Control', 'no-store')
    if (c.get('session')) {
      noteRounds(c, roundsOf(c) ?? 0)
      return c.redirect(returnTo, 303)
    }
    if (c.get('clientKind') !== 'document') throw signInAgain()
    if (c.req.query('after') === undefined) return c.redirect(`/login?${query(returnTo)}`, 302)
    if (c.req.query('asked') !== undefined) throw notKept(returnTo)
    // A provider on another site sent the browser here: the Strict cookie comes with the next step.
    return c.html(opening(c, `${arrivalPath(returnTo)}&asked`))
  }

/**
 * Counts a page without a session that came shortly after one with it.
 *
 * @throws {GatewayError} when that has happened so often that going on would be a loop
 */
export function countRound(c: Context<GatewayEnv>, returnTo: string): void {
  const before = roundsOf(c)
  if (before === undefined) return
  const isLoop = before + 1 >= mostRounds
  // What comes after the page that explains is a person's decision, and counted anew.
  noteRounds(c, isLoop ? undefined : before + 1)
  if (isLoop) throw notLasting(returnTo)
}

function roundsOf(c: Context<GatewayEnv>): number | undefined {
  const [value, ...others] = cookieValues(c.env.incoming.headers.cookie, arrivedCookie)
  return others.length === 0 && /^\d$/.test(value ?? '') ? Number(value) : undefined
}

const noteRounds = (c: Context<GatewayEnv>, rounds: number | undefined) =>
  c.header(
    'Set-Cookie',
    hostCookie(
      arrivedCookie,
      String(rounds ?? ''),
      'Strict',
      rounds === undefined ? 0 : arrivedSeconds,
    ),
    { append: true },
  )

const tryAgain = (returnTo: string) => ({
  next: [{ label: 'Try again', path: `/login?${query(returnTo)}` }],
})

const notKept = (returnTo: string) =>
  new GatewayError(
    400,
    'session_not_kept',
    'The sign-in worked, but your browser came back without the cookie that keeps you signed in. Allow cookies for this site, also in private windows and in extensions that block them, and try again.',
    tryAgain(returnTo),
  )

const notLasting = (returnTo: string) =>
  new GatewayError(
    400,
    'session_not_lasting',
    'You were signed in several times within a minute, and each time the session was over at the next page. Check that the date and time of your device are right and that nothing removes cookies of this site, and try again.',
    tryAgain(returnTo),
  )
