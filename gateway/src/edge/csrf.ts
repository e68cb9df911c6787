import { timingSafeEqual } from 'node:crypto'
import { stage } from '../stage.ts'
import { GatewayError } from './gateway-error.ts'

/** What tells where a request comes from. */
export interface RequestSource {
  readonly method: string
  readonly isUpgrade: boolean
  readonly secFetchSite: string | undefined
  readonly origin: string | undefined
  /** Whether the request carries the token of its own session, as `/session` gives it to scripts. */
  readonly hasToken: boolean
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request may change something: only when the browser says that our own page sent it. A
 * client that sends neither header is no browser; it shows the session's token instead. The body's
 * type plays no part: rules that go by it were bypassed by its letter case and by leaving it out
 * (GHSA-2234-fmw7-43wr).
 */
export function isOwnRequest(source: RequestSource, publicOrigin: string): boolean {
  // A handshake is a GET that opens a two-way stream, and SameSite does not cover it everywhere.
  if (source.isUpgrade) return source.origin === publicOrigin
  if (safeMethods.has(source.method)) return true
  if (source.origin !== undefined && source.origin !== publicOrigin) return false
  if (source.secFetchSite !== undefined) return source.secFetchSite === 'same-origin'
  return source.origin === publicOrigin || source.hasToken
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

export interface CsrfOptions {
  readonly publicOrigin: string
  /** The token that belongs to a request's session cookie; `undefined` without one. */
  readonly tokenFor: (cookieHeader: string | undefined) => string | undefined
  /** Paths that the provider calls, which carry a signed token and no cookie. */
  readonly exempt: readonly string[]
}

/** Refuses requests that another site made a browser send (RFC 10017 §6.1.3.3). */
export const csrf = ({ publicOrigin, tokenFor, exempt }: CsrfOptions) =>
  stage(function csrf(c) {
    const { headers, method } = c.env.incoming
    const site = headers['sec-fetch-site']
    const given = headers['x-csrf-token']
    const expected = typeof given === 'string' ? tokenFor(headers.cookie) : undefined
    const source: RequestSource = {
      method: method ?? '',
      isUpgrade: c.env.upgrade !== undefined,
      secFetchSite: typeof site === 'string' ? site : undefined,
      origin: headers.origin,
      hasToken: expected !== undefined && sameText(String(given), expected),
    }
    if (!isOwnRequest(source, publicOrigin) && !exempt.includes(c.get('target').path)) {
      throw new GatewayError(
        403,
        'cross_site',
        'This request did not come from a page of this site, so nothing was changed. A script sends the X-CSRF-Token from /session.',
      )
    }
  })
