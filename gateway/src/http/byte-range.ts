/** A part of a representation: first and last byte, both included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** A bare `Range` that names one range of bytes (RFC 9110 §14.1.2). */
const singleRange = /^bytes=(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))$/i

/**
 * What a `Range` header asks of a representation of `size` bytes.
 *
 * @returns `undefined` when everything is to be sent: there is no header, it is not well formed, or
 * it asks for several ranges, which a server may ignore (RFC 9110 §14.2)
 */
export function parseByteRange(
  header: string | undefined,
  size: number,
): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last, suffix] = singleRange.exec(header?.trim() ?? '') ?? []
  if (first !== undefined) {
    const [start, end] = [Number(first), last === undefined ? size - 1 : Number(last)]
    if (last !== undefined && end < start) return undefined
    return start < size ? { start, end: Math.min(end, size - 1) } : 'unsatisfiable'
  }
  if (suffix === undefined) return undefined
  const length = Math.min(Number(suffix), size)
  return length > 0 ? { start: size - length, end: size - 1 } : 'unsatisfiable'
}
