import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { descriptionsOf, type MetricDescription } from './metric-descriptions.ts'
import type { MetricSnapshot } from './merged-metrics.ts'
import { requestMetrics, type RequestMetrics } from './request-metrics.ts'
import { sessionMetrics, type SessionMetrics } from './session-metrics.ts'
import { storeMetrics, type StoreMetrics } from './store-metrics.ts'
import { upstreamMetrics, type UpstreamMetrics } from './upstream-metrics.ts'

export interface Metrics extends RequestMetrics, SessionMetrics, StoreMetrics, UpstreamMetrics {
  readonly contentType: string
  readonly descriptions: readonly MetricDescription[]
  expose(): Promise<string>
  /** All values, to be put together with those of other processes (`merged-metrics.ts`). */
  snapshot(): Promise<MetricSnapshot>
  /** @param endsAt of the certificate that a listener shows, in milliseconds since the epoch */
  observeCertificate(listener: string, endsAt: number): void
}

export interface MetricsOptions {
  /** Tenants that get series of their own; the others are counted together. */
  readonly maxTenants?: number
  /** The release that runs. */
  readonly version?: string
}

/** Gauges of prom-client that are called as counters are, which `promtool check metrics` objects to. */
const misnamed = ['resources', 'handles', 'requests'].map((what) => `nodejs_active_${what}_total`)

/**
 * Prometheus metrics of this process. Label values come from the directory, never from a request,
 * so that nobody can make series without end.
 */
export function createMetrics({ maxTenants = 500, version = '' }: MetricsOptions = {}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  new Gauge({
    name: 'dashgate_build_info',
    help: 'Always 1; the labels say which release runs, on which Node.',
    labelNames: ['version', 'node'] as const,
    aggregator: 'first',
    registers,
  }).set({ version, node: process.versions.node }, 1)
  const parts = {
    ...requestMetrics(registry, maxTenants),
    ...upstreamMetrics(registry),
    ...sessionMetrics(registry),
    ...storeMetrics(registry),
  }
  const certificateEnds = new Gauge({
    name: 'dashgate_tls_certificate_expiry_timestamp_seconds',
    help: 'When the certificate ends that a listener shows.',
    labelNames: ['listener'] as const,
    aggregator: 'min',
    registers,
  })
  collectDefaultMetrics({ register: registry })
  for (const name of misnamed) registry.removeSingleMetric(name)
  return {
    ...parts,
    contentType: registry.contentType,
    descriptions: descriptionsOf(registry),
    expose: () => registry.metrics(),
    snapshot: () => registry.getMetricsAsJSON(),
    observeCertificate: (listener, endsAt) => certificateEnds.set({ listener }, endsAt / 1000),
  }
}
