import { canonicalTarget } from '../edge/canonical-path.ts'

/** Places that must not be returned to after sign-in, because they would start or end one. */
const loops = ['/login', '/logout', '/auth']

/**
 * Checks where to go after sign-in: a path on this site, query and fragment allowed. Browsers take
 * `\` for `/` and skip tabs and line ends, so whatever holds them is refused instead of guessed at
 * (CVE-2024-39694).
 *
 * @returns the path, or `/` for anything else
 */
export function safeReturnTo(wanted: string | undefined, publicOrigin: string): string {
  if (wanted === undefined || wanted.length > 2048) return '/'
  // Printable ASCII without the backslash: browsers encode the rest before they send it.
  if (!/^\/[\x21-\x5b\x5d-\x7e]*$/.test(wanted) || wanted.startsWith('//')) return '/'
  const fragment = wanted.indexOf('#')
  // What the first stage would refuse is no place to return to.
  if (!canonicalTarget(fragment === -1 ? wanted : wanted.slice(0, fragment))) return '/'
  const url = URL.parse(wanted, publicOrigin)
  if (!url || url.origin !== publicOrigin) return '/'
  if (loops.some((path) => url.pathname === path || url.pathname.startsWith(`${path}/`))) return '/'
  return url.pathname + url.search + url.hash
}
