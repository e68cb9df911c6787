/** The one form of a request's path and query that is routed, authorised and forwarded. */
export interface CanonicalTarget {
  readonly path: string
  /** With its `?`, or empty. */
  readonly query: string
}

/**
 * What a path may be made of: RFC 3986 §3.3 `pchar` without `;`, whose parameters some servers cut
 * off (`/..;/`), and percent-encodings.
 */
const allowedPath = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-Fa-f]{2})*$/

/** RFC 3986 §3.4, a little laxer: browsers leave `[]{}|^` and quotes in queries alone. */
const allowedQuery = /^[\x21\x24-\x7e]*$/

/**
 * Encodings that one server reads as structure and another as data: NUL, other controls, `%`, `/`,
 * `;`, `#`, `?` and `\`. Nothing that Dashgate serves needs them, so they are refused instead of
 * decoded (CVE-2026-40912, CVE-2019-9901, CVE-2021-29492 are about proxies that guessed).
 */
const ambiguousEncoding = /%(?:[01][0-9a-f]|2[35f]|3[bf]|5c|7f)/i

/**
 * Letters, digits and `-._~`, which mean the same encoded or not (RFC 3986 §2.3): a router that
 * decodes and a list of routes that does not would see two paths. No browser encodes them.
 */
const needlessEncoding = /%(?:2[de]|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/i

/**
 * Decides the path of a request once, from the request line. There is no normalising: a path that
 * would need it is refused, so that every later reader sees the same bytes.
 *
 * @returns `undefined` for a target that is refused
 */
export function canonicalTarget(target: string): CanonicalTarget | undefined {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const query = mark === -1 ? '' : target.slice(mark)
  if (!allowedPath.test(path)) return undefined
  if (ambiguousEncoding.test(path) || needlessEncoding.test(path)) return undefined
  if (query !== '' && !allowedQuery.test(query.slice(1))) return undefined
  if (path.includes('//')) return undefined
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) return undefined
  return { path, query }
}
