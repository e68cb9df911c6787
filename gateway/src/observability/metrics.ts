import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { AccessRecord } from '../edge/access-log.ts'
import type { MetricSnapshot } from './merged-metrics.ts'

export interface Metrics {
  readonly contentType: string
  expose(): Promise<string>
  /** All values, to be put together with those of other processes (`merged-metrics.ts`). */
  snapshot(): Promise<MetricSnapshot>
  countRequest(listener: string, record: AccessRecord): void
  countSession(event: SessionEvent): void
  /** How long after a revocation, by the database's clock, this process had ended what it is about. */
  observeRevocation(kind: RevocationKind, seconds: number): void
  /** @param endsAt of the certificate that a listener shows, in milliseconds since the epoch */
  observeCertificate(listener: string, endsAt: number): void
  /** Counts an open socket until the answer is called. */
  countSocket(tenantId: string, dashboard: string): () => void
}

export type SessionEvent = 'begun' | 'refused' | 'ended' | 'revoked'

/** A session that was revoked, or a dashboard that a tenant may not see any more. */
export type RevocationKind = 'session' | 'access'

const requestLabels = ['listener', 'tenant_id', 'dashboard', 'method', 'status'] as const

/** Methods that get a label of their own; a client may invent others without end. */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])

/**
 * Prometheus metrics of this process. Label values come from the directory, never from a request,
 * so that nobody can make series without end.
 *
 * @param droppedLogLines lines of the log that were lost so far
 */
export function createMetrics(droppedLogLines: () => number = () => 0): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const requests = new Counter({
    name: 'dashgate_http_requests_total',
    help: 'Finished requests.',
    labelNames: requestLabels,
    registers,
  })
  const durations = new Histogram({
    name: 'dashgate_http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer.',
    labelNames: requestLabels,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const sessions = new Counter({
    name: 'dashgate_session_events_total',
    help: 'Sessions begun, refused, ended by their user, revoked by somebody else.',
    labelNames: ['event'],
    registers,
  })
  const openSockets = new Gauge({
    name: 'dashgate_websockets_open',
    help: 'WebSockets that are open now.',
    labelNames: ['tenant_id', 'dashboard'],
    registers,
  })
  const revocations = new Histogram({
    name: 'dashgate_revocation_seconds',
    help: 'Time from a revocation to the end of what was open of it in this process. Promised are 2 s.',
    labelNames: ['kind'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
    registers,
  })
  const certificateEnds = new Gauge({
    name: 'dashgate_tls_certificate_expiry_timestamp_seconds',
    help: 'When the certificate ends that a listener shows.',
    labelNames: ['listener'],
    aggregator: 'min',
    registers,
  })
  registry.registerMetric(logLines(droppedLogLines))
  return {
    contentType: registry.contentType,
    expose: () => registry.metrics(),
    snapshot: () => registry.getMetricsAsJSON(),
    countSocket(tenantId, dashboard) {
      const labels = { tenant_id: tenantId, dashboard }
      openSockets.inc(labels)
      return () => openSockets.dec(labels)
    },
    observeCertificate: (listener, endsAt) => certificateEnds.set({ listener }, endsAt / 1000),
    // Two clocks that were read one after the other may show less than nothing.
    observeRevocation: (kind, seconds) => revocations.observe({ kind }, Math.max(0, seconds)),
    countSession: (event) => sessions.inc({ event }),
    countRequest(listener, record) {
      const labels = {
        listener,
        tenant_id: record.tenantId ?? '',
        dashboard: record.dashboard ?? '',
        method: knownMethods.has(record.method) ? record.method : 'other',
        status: String(record.status),
      }
      requests.inc(labels)
      durations.observe(labels, record.durationSeconds)
    },
  }
}

const logLines = (dropped: () => number) =>
  new Counter({
    name: 'dashgate_log_lines_dropped_total',
    help: 'Lines of the log that were lost because nobody took them: the reader is too slow, or gone.',
    registers: [],
    collect() {
      this.reset()
      this.inc(dropped())
    },
  })
