/** The label of whatever is beyond a cap. */
export const otherLabel = 'other'

/**
 * Names that may be labels: the first so many that come, since each costs Prometheus a set of series
 * for as long as it keeps data; the rest are counted together.
 */
export function cappedLabels(most: number): (name: string) => string {
  const known = new Set<string>()
  return (name) => {
    if (name === '' || known.has(name)) return name
    if (known.size >= most) return otherLabel
    known.add(name)
    return name
  }
}
