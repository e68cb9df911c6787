/** Content codings in the order in which we would rather send them: the smallest first. */
export const codings = ['br', 'zstd', 'gzip'] as const

export type Coding = (typeof codings)[number]
export type CodingOrIdentity = Coding | 'identity'

const known: readonly CodingOrIdentity[] = [...codings, 'identity']

/** RFC 9110 §12.4.2; what is not well formed counts as not wanted. */
const weightForm = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i

function weightOf(parameters: readonly string[]): number {
  if (parameters.length === 0) return 1
  const [, weight] = parameters.length === 1 ? (weightForm.exec(parameters[0] ?? '') ?? []) : []
  return weight === undefined ? 0 : Number(weight)
}

function weights(header: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const item of header.split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim())
    // RFC 9110 §8.4.1.3: the two names are one coding.
    const coding = name.toLowerCase().replace(/^x-gzip$/, 'gzip')
    if (coding !== '' && !found.has(coding)) found.set(coding, weightOf(parameters))
  }
  return found
}

/**
 * The codings that a client takes, the ones to be tried first in front (RFC 9110 §12.5.3). Without a
 * header nothing is coded. `identity` is always among them, as the last resort even of a client that
 * refuses it: an answer that can be read is better than none.
 */
export function acceptedCodings(header: string | undefined): readonly CodingOrIdentity[] {
  if (header === undefined) return ['identity']
  const asked = weights(header)
  const weight = (coding: CodingOrIdentity) =>
    asked.get(coding) ?? asked.get('*') ?? (coding === 'identity' ? Number.MIN_VALUE : 0)
  const wanted = known
    .filter((coding) => coding !== 'identity' && weight(coding) > 0)
    .filter((coding) => weight(coding) >= (asked.has('identity') ? weight('identity') : 0))
    .toSorted((a, b) => weight(b) - weight(a))
  return [...wanted, 'identity']
}
