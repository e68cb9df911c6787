import { Hono } from 'hono'
import type { Metrics } from './observability/metrics.ts'

export interface OpsDependencies {
  readonly metrics: Pick<Metrics, 'expose' | 'contentType'>
  /** Rejects when a request could not be served now. */
  readonly ready: () => Promise<void>
  /** What is wrong with the keys; `isBehind` when requests of others could not be read. */
  readonly keyProblem: () => { readonly message: string; readonly isBehind: boolean } | undefined
  /** Whether changes that other replicas make arrive; without them the database is asked more often. */
  readonly hearsChanges: () => boolean
}

/** The ops listener: metrics for Prometheus, probes for whoever starts and stops us. */
export function createOpsApp({ metrics, ready, keyProblem, hearsChanges }: OpsDependencies) {
  const app = new Hono()
  app.get('/metrics', async (c) =>
    c.body(await metrics.expose(), 200, { 'Content-Type': metrics.contentType }),
  )
  app.get('/livez', (c) => c.text('ok\n'))
  app.get('/readyz', async (c) => {
    const reason = await ready().then(
      () => undefined,
      () => 'the database does not answer',
    )
    const keys = keyProblem()
    if (reason !== undefined) return c.text(`not ready: ${reason}\n`, 503)
    if (keys?.isBehind) return c.text(`not ready: ${keys.message}\n`, 503)
    const remarks = keys === undefined ? [] : [keys.message]
    if (!hearsChanges()) remarks.push('notifications of the database do not arrive')
    return c.text(remarks.length === 0 ? 'ok\n' : `ok, but: ${remarks.join('; ')}\n`)
  })
  return app
}
