/**
 * All values that a `Cookie` header has for a name, in order. Only spaces and tabs are cut off:
 * cutting more lets `\u00a0name` stand for `name` (GHSA-5pq2-9x2x-5p6w).
 */
export function cookieValues(header: string | undefined, name: string): string[] {
  const values: string[] = []
  for (const [key, value] of cookiePairs(header)) if (key === name) values.push(value)
  return values
}

/** Names that begin with a prefix, in order, each once. */
export function cookieNames(header: string | undefined, prefix: string): string[] {
  const names = cookiePairs(header).map(([name]) => name)
  return [...new Set(names.filter((name) => name.startsWith(prefix)))]
}

/** Without the spaces and tabs around it; no regular expression, which would search a long seal twice. */
function trimmed(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isBlank(text, from)) from += 1
  while (to > from && isBlank(text, to - 1)) to -= 1
  return text.slice(from, to)
}

const isBlank = (text: string, at: number) => text[at] === ' ' || text[at] === '\t'

/** RFC 6265 §4.2.1: pairs between semicolons; what has no `=` is nobody's cookie. */
function cookiePairs(header: string | undefined): [name: string, value: string][] {
  const pairs: [string, string][] = []
  for (const pair of (header ?? '').split(';')) {
    const equals = pair.indexOf('=')
    if (equals !== -1) pairs.push([trimmed(pair.slice(0, equals)), trimmed(pair.slice(equals + 1))])
  }
  return pairs
}

/**
 * Attributes that the prefix `__Host-Http-` stands for; without them a browser drops the cookie
 * (RFC 10017 §6.1.3.2).
 *
 * @param maxAge in seconds; 0 deletes the cookie
 */
export const hostCookie = (
  name: `__Host-Http-${string}`,
  value: string,
  sameSite: 'Strict' | 'Lax',
  maxAge: number,
) =>
  `${name}=${value}; Path=/; Max-Age=${Math.floor(maxAge)}; Secure; HttpOnly; SameSite=${sameSite}`
