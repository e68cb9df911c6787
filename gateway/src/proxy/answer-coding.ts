import { acceptedCodings, type Coding } from '../http/content-coding.ts'
import { codingsBySpeed } from '../http/encoder.ts'
import type { AppAnswer } from './app-answer.ts'
import type { DashRoute } from './dash-routes.ts'

/** What fits into a packet is there no sooner for being shorter. */
const leastBytes = 1400

/** What Dash answers with data in it; bundles are coded once ahead of need (`shared-assets/`). */
const codedRoutes = new Set<DashRoute>(['layout', 'dependencies', 'callback'])

const isText =
  /^\s*(?:application\/(?:[\w.+-]+\+)?json|application\/x-ndjson|text\/[\w-]+)\s*(?:;|$)/i

/** What comes piece by piece, and is wanted that way. */
const isLiveType = /^\s*(?:application\/x-ndjson|text\/event-stream)\s*(?:;|$)/i

export const isLive = ({ headers }: Pick<AppAnswer, 'headers'>): boolean =>
  isLiveType.test(headers['content-type'] ?? '')

/** Bytes that an app has announced; `undefined` for a stream. */
export function announcedLength({ headers }: Pick<AppAnswer, 'headers'>): number | undefined {
  const length = headers['content-length']
  return length === undefined ? undefined : Number(length)
}

/**
 * In which coding an app's answer is sent on: the fastest that the client takes, none where the app has
 * chosen one, where it would not pay, or where bytes are counted (ranges, `no-transform`, HEAD).
 *
 * Nothing here is secret to whoever gets it, and no other site's page gets the session's cookie sent
 * (SameSite=Strict): the length tells nobody anything (BREACH).
 */
export function codingOf(
  route: DashRoute,
  method: string | undefined,
  { statusCode, headers }: Pick<AppAnswer, 'statusCode' | 'headers'>,
  acceptEncoding: string | string[] | undefined,
): Coding | undefined {
  if (!codedRoutes.has(route) || method === 'HEAD' || statusCode !== 200) return undefined
  if (headers['content-encoding'] !== undefined || headers['content-range'] !== undefined)
    return undefined
  if ((announcedLength({ headers }) ?? Infinity) < leastBytes) return undefined
  if (!isText.test(headers['content-type'] ?? '')) return undefined
  if (/\bno-transform\b/i.test(headers['cache-control'] ?? '')) return undefined
  const accepted = acceptedCodings(
    acceptEncoding === undefined ? undefined : String(acceptEncoding),
  )
  return codingsBySpeed.find((coding) => accepted.includes(coding))
}
