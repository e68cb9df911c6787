import type { MetricSnapshot } from '../observability/merged-metrics.ts'

/** What is known of one callback of a dashboard since this process started. */
export interface CallbackFigures {
  readonly dashboard: string
  readonly callback: string
  readonly requests: number
  readonly failures: number
  /** Mean, in seconds. */
  readonly seconds: number
}

interface Sample {
  readonly metricName?: string
  readonly value: number
  readonly labels: Readonly<Record<string, string | number | undefined>>
}

const most = 20

/** prom-client's types leave the values out. */
const valuesOf = (metric: object | undefined): readonly Sample[] =>
  metric && 'values' in metric && Array.isArray(metric.values) ? metric.values : []

/** The slowest and those that fail, out of the process's own metrics (`request-metrics.ts`). */
export function callbackFigures(snapshot: MetricSnapshot): CallbackFigures[] {
  const samplesOf = (name: string) => valuesOf(snapshot.find((metric) => metric.name === name))
  const found = new Map<
    string,
    { dashboard: string; callback: string; failures: number; sum: number; count: number }
  >()
  const entryOf = ({ labels }: Sample) => {
    const [dashboard, callback] = [String(labels['dashboard']), String(labels['callback'])]
    const key = `${dashboard}\n${callback}`
    const entry = found.get(key) ?? { dashboard, callback, failures: 0, sum: 0, count: 0 }
    found.set(key, entry)
    return entry
  }
  for (const sample of samplesOf('dashgate_callback_duration_seconds')) {
    if (sample.metricName?.endsWith('_sum')) entryOf(sample).sum += sample.value
    if (sample.metricName?.endsWith('_count')) entryOf(sample).count += sample.value
  }
  for (const sample of samplesOf('dashgate_callback_requests_total')) {
    if (sample.labels['status_class'] === '5xx') entryOf(sample).failures += sample.value
  }
  return [...found.values()]
    .map(({ dashboard, callback, failures, sum, count }) => ({
      dashboard,
      callback,
      requests: count,
      failures,
      seconds: count === 0 ? 0 : sum / count,
    }))
    .toSorted((a, b) => b.failures - a.failures || b.seconds - a.seconds)
    .slice(0, most)
}
