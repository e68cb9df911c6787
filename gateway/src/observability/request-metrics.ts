import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { AccessRecord } from '../edge/access-log.ts'
import type { RequestKind } from '../request-context.ts'
import { rememberByNames } from './by-names.ts'
import { cappedLabels } from './capped-labels.ts'

/** Methods that get a label of their own; a client may invent others without end. */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])

/** Codes of refusals are words of our own code; the cap is for the one that puts a client's into it. */
const mostRefusalCodes = 200

const durationBuckets = [0.005, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

const classes = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const

/** Of what is no status (an app may answer 999), the class of what went wrong there. */
const classOf = (status: number) => classes[Math.floor(status / 100) - 1] ?? '5xx'

/** What an app works at, for one tenant, dashboard and kind. */
export interface InFlight {
  inc(): void
  dec(): void
}

export interface RequestMetrics {
  countRequest(listener: string, record: AccessRecord): void
  /** Remembered: whoever counts a request up counts it down on the same object. */
  inFlight(tenantId: string, dashboard: string, kind: RequestKind): InFlight
  /** Counts an open socket until the answer is called. */
  countSocket(tenantId: string, dashboard: string): () => void
}

/** Everything that is counted with each request. Labels come from the directory, never from a client. */
export function requestMetrics(registry: Registry, maxTenants: number): RequestMetrics {
  const registers = [registry]
  const ofRequest = ['listener', 'tenant_id', 'dashboard', 'kind'] as const
  const requests = new Counter({
    name: 'dashgate_http_requests_total',
    help: 'Finished requests.',
    labelNames: [...ofRequest, 'method', 'status_class'] as const,
    registers,
  })
  const durations = new Histogram({
    name: 'dashgate_http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer.',
    labelNames: [...ofRequest, 'status_class'] as const,
    buckets: durationBuckets,
    registers,
  })
  const ofTraffic = ['tenant_id', 'dashboard', 'kind'] as const
  const requestBytes = new Counter({
    name: 'dashgate_http_request_bytes_total',
    help: 'Bytes of the bodies that were sent to apps.',
    labelNames: ofTraffic,
    registers,
  })
  const responseBytes = new Counter({
    name: 'dashgate_http_response_bytes_total',
    help: 'Bytes of the bodies that apps answered with, before they are compressed.',
    labelNames: ofTraffic,
    registers,
  })
  const inFlight = new Gauge({
    name: 'dashgate_http_requests_in_flight',
    help: 'Requests that are with an app now, or wait for their turn.',
    labelNames: ofTraffic,
    registers,
  })
  const refusals = new Counter({
    name: 'dashgate_http_refusals_total',
    help: 'Requests that the gateway refused or could not serve, by the code of its answer.',
    labelNames: ['listener', 'code'] as const,
    registers,
  })
  const openSockets = new Gauge({
    name: 'dashgate_websockets_open',
    help: 'WebSockets that are open now.',
    labelNames: ['tenant_id', 'dashboard'] as const,
    registers,
  })
  const upstreamDurations = new Histogram({
    name: 'dashgate_upstream_duration_seconds',
    help: 'Time from asking an app to the first byte of its answer.',
    labelNames: ['dashboard', 'kind'] as const,
    buckets: durationBuckets,
    registers,
  })
  const ofCallback = ['dashboard', 'callback', 'kind'] as const
  const callbacks = new Counter({
    name: 'dashgate_callback_requests_total',
    help: 'Finished callbacks by what they write to. `kind` tells what a timer or a background job asks (`poll`) from the rest (`callback`, or `stream` for one that answers bit by bit).',
    labelNames: [...ofCallback, 'status_class'] as const,
    registers,
  })
  const callbackDurations = new Histogram({
    name: 'dashgate_callback_duration_seconds',
    help: 'Time from the request line to the end of the answer of a callback.',
    labelNames: ofCallback,
    buckets: [0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })

  const tenantLabel = cappedLabels(maxTenants)
  const codeLabel = cappedLabels(mostRefusalCodes)

  const countsOf = (listener: string) =>
    rememberByNames((tenant_id, dashboard, kind) => ({
      requests: rememberByNames((method, status_class) =>
        requests.labels({ listener, tenant_id, dashboard, kind, method, status_class }),
      ),
      durations: new Map(
        classes.map((status_class) => {
          const labels = { listener, tenant_id, dashboard, kind, status_class }
          return [status_class, durations.labels(labels)]
        }),
      ),
    }))
  const byListener = new Map<string, ReturnType<typeof countsOf>>()

  const traffic = rememberByNames((tenant_id, dashboard, kind) => ({
    request: requestBytes.labels({ tenant_id, dashboard, kind }),
    response: responseBytes.labels({ tenant_id, dashboard, kind }),
  }))
  const upstream = rememberByNames((dashboard, kind) =>
    upstreamDurations.labels({ dashboard, kind }),
  )
  const inFlightOf = rememberByNames((tenant_id, dashboard, kind) =>
    inFlight.labels({ tenant_id, dashboard, kind }),
  )
  const callbackCounts = rememberByNames((dashboard, callback, kind) => ({
    requests: rememberByNames((status_class) =>
      callbacks.labels({ dashboard, callback, kind, status_class }),
    ),
    duration: callbackDurations.labels({ dashboard, callback, kind }),
  }))

  function countAtApp(record: AccessRecord, tenant: string, statusClass: string): void {
    const { dashboard = '', kind, callback, upstreamSeconds, durationSeconds } = record
    if (upstreamSeconds !== undefined) upstream(dashboard, kind, '').observe(upstreamSeconds)
    if (record.requestBytes + record.responseBytes > 0) {
      const bytes = traffic(tenant, dashboard, kind)
      bytes.request.inc(record.requestBytes)
      bytes.response.inc(record.responseBytes)
    }
    if (callback === undefined) return
    const counts = callbackCounts(dashboard, callback, kind)
    counts.requests(statusClass, '', '').inc()
    counts.duration.observe(durationSeconds)
  }

  return {
    inFlight: (tenantId, dashboard, kind) => inFlightOf(tenantLabel(tenantId), dashboard, kind),
    countSocket(tenantId, dashboard) {
      const open = openSockets.labels({ tenant_id: tenantLabel(tenantId), dashboard })
      open.inc()
      return () => open.dec()
    },
    countRequest(listener, record) {
      const tenant = tenantLabel(record.tenantId ?? '')
      const statusClass = classOf(record.status)
      const method = knownMethods.has(record.method) ? record.method : 'other'
      let ofListener = byListener.get(listener)
      if (!ofListener) byListener.set(listener, (ofListener = countsOf(listener)))
      const counts = ofListener(tenant, record.dashboard ?? '', record.kind)
      counts.requests(method, statusClass, '').inc()
      counts.durations.get(statusClass)?.observe(record.durationSeconds)
      if (record.refusal !== undefined) refusals.inc({ listener, code: codeLabel(record.refusal) })
      if (record.dashboard !== undefined) countAtApp(record, tenant, statusClass)
    },
  }
}
