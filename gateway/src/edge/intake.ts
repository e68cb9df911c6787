import { stage } from '../stage.ts'
import { canonicalTarget } from './canonical-path.ts'
import { clientKind } from './client-kind.ts'
import { GatewayError } from './gateway-error.ts'
import { headerFault, hostOf, sizeFault } from './request-shape.ts'

const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)

/** More than all else of a request that is refused for its size, the address included. */
const manyCookies = 8 * 1024

function tooLarge(status: 414 | 431, cookies: string | undefined): GatewayError {
  if (status === 414) {
    return new GatewayError(
      414,
      'address_too_long',
      'This address is too long. Start from the home page.',
    )
  }
  if (cookies === undefined || cookies.length < manyCookies) {
    return new GatewayError(431, 'too_many_headers', 'This request has too many header fields.')
  }
  // They come with every other request as well, so this answer is the one chance to be rid of them.
  return new GatewayError(
    431,
    'too_many_cookies',
    'Your browser sends more cookies with each request than this site reads; another site of the same domain may have set them. It has just been asked to remove them. Try again; if this page comes back, remove the cookies of this site in the settings of your browser.',
    {
      headers: { 'Clear-Site-Data': '"cookies"' },
      next: [{ label: 'Try again', path: '/' }],
    },
  )
}

/**
 * The first stage: refuses what could be read in two ways, decides the canonical path and notes who
 * is asking. Everything after it works with what it set, never with the raw request line.
 *
 * @param allowedHosts the `Host` values that are ours (RFC 9112 §3.2, RFC 9113 §8.3.1); none given allows any
 */
export function intake(allowedHosts: readonly string[] = []) {
  const hosts = new Set(allowedHosts.map((host) => host.toLowerCase()))
  return stage(function intake(c) {
    const { incoming } = c.env
    c.set(
      'clientKind',
      clientKind({
        method: incoming.method ?? '',
        secFetchMode: first(incoming.headers['sec-fetch-mode']),
        secFetchDest: first(incoming.headers['sec-fetch-dest']),
        secFetchSite: first(incoming.headers['sec-fetch-site']),
        accept: incoming.headers.accept,
      }),
    )
    const size = sizeFault(incoming.url ?? '', incoming.rawHeaders)
    const target = size === 414 ? undefined : canonicalTarget(incoming.url ?? '')
    c.set('target', target ?? { path: '(refused)', query: '' })
    if (size) throw tooLarge(size, incoming.headers.cookie)
    if (!target) {
      throw new GatewayError(
        400,
        'bad_path',
        'This address is not well formed. Check it, or start from the home page.',
      )
    }
    const fault = headerFault(incoming.rawHeaders)
    if (fault) throw new GatewayError(400, 'bad_header', fault)
    if (hosts.size > 0 && !hosts.has(hostOf(incoming.headers)?.toLowerCase() ?? '')) {
      throw new GatewayError(421, 'unknown_host', 'This server does not answer for that host name.')
    }
  })
}
