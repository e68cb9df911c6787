/**
 * Some fields hold what a client sent, for instance the slug of a dashboard that does not exist. No
 * character of it may keep the line out of the log: Postgres takes neither NUL nor half a surrogate
 * pair.
 */
export const storableText = (text: string): string =>
  text.replaceAll('\0', '\u{fffd}').toWellFormed()

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value === 'object' && value !== null) return storableObject(value)
  return value
}

export const storableObject = (object: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => [storableText(name), storable(value)]),
  )
