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

/** Control characters but the tab, which node's own parser lets through in part (RFC 9110 §5.5). */
const controls = /(?!\t)\p{Cc}/u

/**
 * What is wrong with a request's header section, judged on the raw list: the joined one hides a
 * second `Host`, which node answers by its first value.
 *
 * @param rawHeaders names and values in turn, as node gives them
 * @returns a sentence for the client, or `undefined` when nothing is wrong
 */
export function headerFault(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    if (controls.test(rawHeaders[index + 1] ?? '')) {
      return `The header ${name} holds a control character.`
    }
    if (!singletons.has(name)) continue
    if (seen.has(name)) return `The header ${name} was sent twice.`
    seen.add(name)
  }
  return undefined
}
