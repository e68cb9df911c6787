import { AggregatorRegistry, Counter, Gauge, Registry, type MetricObject } from 'prom-client'
import { descriptionsOf } from './metric-descriptions.ts'

/** All metrics of a process with their values. */
export type MetricSnapshot = readonly MetricObject[]

const merged = (snapshots: readonly MetricSnapshot[]): Registry =>
  AggregatorRegistry.aggregate(snapshots as never)

/** Types of which only the growth means anything: it must not shrink when a process goes. */
const grows = new Set<unknown>(['counter', 'histogram', 'summary'])

/**
 * Puts the metrics of several processes together: sums, and for what cannot be added whatever the
 * metric says itself. What a process had counted before it ended stays counted, or Prometheus would
 * take the smaller sum for a restart and count the rest of it twice.
 */
export function createMergedMetrics() {
  const own = new Registry()
  const registers = [own]
  const running = new Gauge({
    name: 'dashgate_processes_ready',
    help: 'Processes of this gateway that are ready.',
    registers,
  })
  const ends = new Counter({
    name: 'dashgate_process_ends_total',
    help: 'Processes of this gateway that ended though nobody asked them to.',
    registers,
  })
  let departed: Promise<MetricSnapshot> = Promise.resolve([])

  return {
    contentType: own.contentType,
    descriptions: descriptionsOf(own),
    countReady: (count: number) => running.set(count),

    /** A process has ended; the last that it said is all that is known. */
    depart(last: MetricSnapshot): void {
      ends.inc()
      const counted = last.filter(({ type }) => grows.has(type))
      departed = departed.then((before) => merged([before, counted]).getMetricsAsJSON())
    },

    async expose(snapshots: readonly MetricSnapshot[]): Promise<string> {
      const others = await Promise.all([own.getMetricsAsJSON(), departed])
      return merged([...others, ...snapshots]).metrics()
    },
  }
}

export type MergedMetrics = ReturnType<typeof createMergedMetrics>
