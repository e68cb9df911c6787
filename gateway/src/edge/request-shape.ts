import type { IncomingHttpHeaders } from 'node:http'

/** Fields that mean nothing, or two things, when they appear twice (RFC 9110 §5.3, RFC 9112 §3.2). */
const singletons = new Set([
  'authorization',
  'content-length',
  'content-type',
  'host',
  'origin',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
])

/** Bytes of the request line's target, as RFC 9112 §3 wants at least; then 414. */
const longestTarget = 8 * 1024

/** A browser sends about 30 fields, a proxy in front adds some; then 431. */
const mostFields = 128

/** Characters of all fields, as many as node takes of HTTP/1.1 (`listeners/server-limits.ts`). */
const longestSection = 16 * 1024

/** Over HTTP/2 node gives what was the request line as fields, and they come first (RFC 9113 §8.3). */
const isHttp2 = (rawHeaders: readonly string[]) => rawHeaders[0]?.startsWith(':') === true

/** HTTP/2 may cut one `Cookie` into many (RFC 9113 §8.2.3). */
const countsInHttp2 = (text: string, index: number) =>
  index % 2 === 0 && text !== 'cookie' && !text.startsWith(':')

function hasTooMany(rawHeaders: readonly string[]): boolean {
  if (rawHeaders.length <= 2 * mostFields) return false
  if (!isHttp2(rawHeaders)) return true
  return rawHeaders.filter(countsInHttp2).length > mostFields
}

/**
 * What is too large about a request before anybody has read it (RFC 9110 §15.5.15, RFC 6585 §5).
 *
 * @param rawHeaders names and values in turn, as node gives them
 */
export function sizeFault(target: string, rawHeaders: readonly string[]): 414 | 431 | undefined {
  if (target.length > longestTarget) return 414
  if (hasTooMany(rawHeaders)) return 431
  if (!isHttp2(rawHeaders)) return undefined
  let length = 0
  for (const text of rawHeaders) length += text.length
  return length > longestSection ? 431 : undefined
}

/** The host that a request is for: `:authority` of HTTP/2, `Host` of HTTP/1.1. */
export const hostOf = (headers: IncomingHttpHeaders): string | undefined => {
  const authority = headers[':authority']
  return typeof authority === 'string' ? authority : headers.host
}

/**
 * Control characters but the tab, which node's own parser lets through in part (RFC 9110 §5.5). Written
 * out, since each field of each request is searched: `\p{Cc}` takes three times as long (measured).
 */
// oxlint-disable-next-line no-control-regex
const controls = /[\0-\x08\x0a-\x1f\x7f-\x9f]/

/**
 * What is wrong with a request's header section, judged on the raw list: the joined one hides a
 * second `Host`, which node answers by its first value.
 *
 * @param rawHeaders names and values in turn, as node gives them
 * @returns a sentence for the client, or `undefined` when nothing is wrong
 */
export function headerFault(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>()
  let authority: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    if (controls.test(rawHeaders[index + 1] ?? '')) {
      return `The header ${name} holds a control character.`
    }
    if (name === ':authority') authority = rawHeaders[index + 1]
    if (!singletons.has(name)) continue
    // RFC 9113 §8.3.1: two names for the server, of which every reader takes another.
    if (name === 'host' && authority !== undefined && authority !== rawHeaders[index + 1]) {
      return 'The header host names another server than the request.'
    }
    if (seen.has(name)) return `The header ${name} was sent twice.`
    seen.add(name)
  }
  return undefined
}
