/**
 * The same address of Azure AD B2C for another policy: its name is a segment of the path, or the
 * parameter `p`.
 *
 * @throws when the address names no such policy
 */
export function underPolicy(address: URL, policy: string, other: string): URL {
  const isPolicy = (name: string | null) => name?.toLowerCase() === policy.toLowerCase()
  const url = new URL(address)
  if (isPolicy(url.searchParams.get('p'))) {
    url.searchParams.set('p', other)
    return url
  }
  const segments = url.pathname.split('/')
  if (!segments.some(isPolicy)) throw new Error(`${url.origin}${url.pathname} names no ${policy}`)
  url.pathname = segments.map((segment) => (isPolicy(segment) ? other : segment)).join('/')
  return url
}
