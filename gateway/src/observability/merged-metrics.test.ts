import { describe, expect, it } from 'vitest'
import type { AccessRecord } from '../edge/access-log.ts'
import { createMergedMetrics } from './merged-metrics.ts'
import { createMetrics, type Metrics } from './metrics.ts'

const record: AccessRecord = {
  requestId: '1',
  traceId: '1',
  kind: 'api',
  upstreamSeconds: undefined,
  requestBytes: 0,
  responseBytes: 0,
  callback: undefined,
  method: 'GET',
  path: '/',
  status: 200,
  durationSeconds: 0.02,
  refusal: undefined,
  sub: undefined,
  email: undefined,
  tenantId: undefined,
  dashboard: undefined,
  upgrade: false,
  clientAddress: undefined,
}

/** A process that has answered so many requests. */
function having(requests: number): Metrics {
  const metrics = createMetrics()
  for (let count = 0; count < requests; count += 1) metrics.countRequest('public', record)
  return metrics
}

const valueOf = (text: string, name: string) =>
  Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1])

describe('metrics of several processes', () => {
  it('are their sums, histograms included', async () => {
    const merged = createMergedMetrics()
    const processes = [having(2), having(3)]
    processes[0]?.countSocket('acme', 'a')
    processes[1]?.countSocket('acme', 'a')
    const text = await merged.expose(await Promise.all(processes.map((one) => one.snapshot())))
    expect(valueOf(text, 'dashgate_http_requests_total')).toBe(5)
    expect(valueOf(text, 'dashgate_http_request_duration_seconds_count')).toBe(5)
    expect(text).toMatch(/duration_seconds_bucket\{le="0\.025",[^}]*\} 5$/m)
    expect(valueOf(text, 'dashgate_websockets_open')).toBe(2)
    expect(valueOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(0)
  })

  it('are not added where that means nothing: the certificate that ends first counts', async () => {
    const merged = createMergedMetrics()
    const [one, other] = [having(0), having(0)]
    one.observeCertificate('public', 2_000_000)
    other.observeCertificate('public', 1_000_000)
    const text = await merged.expose([await one.snapshot(), await other.snapshot()])
    expect(valueOf(text, 'dashgate_tls_certificate_expiry_timestamp_seconds')).toBe(1000)
  })

  it('never shrink when a process ends: what it had counted stays, what it had open does not', async () => {
    const merged = createMergedMetrics()
    const departing = having(2)
    departing.countSocket('acme', 'a')
    merged.depart(await departing.snapshot())
    merged.depart(await having(4).snapshot())
    const text = await merged.expose([await having(1).snapshot()])
    expect(valueOf(text, 'dashgate_http_requests_total')).toBe(7)
    expect(valueOf(text, 'dashgate_http_request_duration_seconds_sum')).toBeCloseTo(0.14)
    expect(text).not.toMatch(/dashgate_websockets_open\{/)
    expect(valueOf(text, 'dashgate_process_ends_total')).toBe(2)
  })

  it('say how many processes are ready', async () => {
    const merged = createMergedMetrics()
    merged.countReady(2)
    expect(valueOf(await merged.expose([]), 'dashgate_processes_ready')).toBe(2)
  })
})
