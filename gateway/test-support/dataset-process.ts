/**
 * The data API in a process of its own, so that its memory can be weighed: the real listener and the
 * real app over the storage that the first argument describes. Only tokens, tenants and rows are not
 * there; one tenant is always let in.
 */
import type { StorageSource } from '../src/config/storage.ts'
import { openStorage } from '../src/data/storage.ts'
import { intake } from '../src/edge/intake.ts'
import { requestId } from '../src/edge/request-id.ts'
import { createInternalApp, type InternalDependencies } from '../src/internal-app.ts'
import { serveApp } from './serve-app.ts'

/** What the process says about its memory since it was last asked, in bytes. */
export interface Weight {
  /** Resident set after a collection of garbage. */
  readonly resting: number
  readonly peak: number
}

const source = JSON.parse(process.argv[2] ?? '') as StorageSource
const tenant = { id: 'acme-corp', storagePrefix: 'acme-corp', status: 'active' }
const dashboard = { slug: 'loss-development' }

const served = await serveApp(
  createInternalApp({
    tenantTokens: { verify: async () => ({ tenantId: tenant.id, dashboard: dashboard.slug }) },
    directory: { tenant: () => tenant, dashboardsOf: () => [dashboard] },
    isSessionLive: async () => true,
    datasets: await openStorage(source),
    edge: [requestId(), intake()],
    report: () => {},
  } as unknown as InternalDependencies),
)

let peak = 0
setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5)

process.on('message', () => {
  globalThis.gc?.()
  const weight: Weight = { resting: process.memoryUsage.rss(), peak }
  peak = 0
  process.send?.(weight)
})
process.on('disconnect', () => process.exit())
process.send?.({ url: served.url })
