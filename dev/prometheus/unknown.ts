import { addedLabels, groupingsIn, usesIn } from './expressions.ts'
import { knownMetrics } from './known-metrics.ts'

const known = await knownMetrics()

/** What an expression asks for and nobody has: metrics, and labels of them. */
export function unknownIn(expression: string): string[] {
  const uses = usesIn(expression)
  const missing = uses.flatMap(({ metric, labels }) => {
    const own = known.get(metric)
    if (!own) return [metric]
    return labels
      .filter((label) => !own.has(label) && !addedLabels.has(label))
      .map((label) => `${metric}{${label}}`)
  })
  const all = new Set(uses.flatMap(({ metric }) => [...(known.get(metric) ?? [])]))
  const groupings = groupingsIn(expression).filter(
    (label) => !all.has(label) && !addedLabels.has(label),
  )
  return uses.length === 0 ? missing : [...missing, ...groupings]
}
