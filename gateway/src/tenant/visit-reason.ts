/** What staff say in a line; longer than that is not read by anybody. */
const longest = 200

/**
 * Why staff chose a tenant, out of the fields of a form: the first one that says something, in one line.
 * The tenant's people read it.
 */
export function visitReason(fields: readonly string[]): string | undefined {
  const lines = fields.map((field) =>
    field
      .slice(0, 4 * longest)
      .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .trim(),
  )
  // By code points: half of a pair would be no text.
  return (
    Array.from(lines.find((line) => line !== '') ?? '')
      .slice(0, longest)
      .join('') || undefined
  )
}
