import type { Registry } from 'prom-client'

/** What the reference page says of a metric. */
export interface MetricDescription {
  readonly name: string
  readonly type: string
  readonly labels: readonly string[]
  readonly help: string
}

/** prom-client keeps these on each metric; its types have them as configuration only. */
interface Described {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly labelNames: readonly string[]
}

/** The metrics of a registry, in the order in which they were made. */
export const descriptionsOf = (registry: Registry): readonly MetricDescription[] =>
  (registry.getMetricsAsArray() as unknown as readonly Described[]).map(
    ({ name, type, labelNames, help }) => ({
      name,
      type,
      labels: labelNames.filter((label) => label !== 'le'),
      help,
    }),
  )
