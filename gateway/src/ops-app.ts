import { Hono } from 'hono'
import type { Metrics } from './observability/metrics.ts'

export interface OpsDependencies {
  readonly metrics: Pick<Metrics, 'expose' | 'contentType'>
  /** Rejects when a request could not be served now. */
  readonly ready: () => Promise<void>
}

/** The ops listener: metrics for Prometheus, probes for whoever starts and stops us. */
export function createOpsApp({ metrics, ready }: OpsDependencies) {
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
    return reason === undefined ? c.text('ok\n') : c.text(`not ready: ${reason}\n`, 503)
  })
  return app
}
