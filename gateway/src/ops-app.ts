import { Hono } from 'hono'
import type { Metrics } from './observability/metrics.ts'

export interface OpsDependencies {
  readonly metrics: Pick<Metrics, 'expose' | 'contentType'>
  /** Rejects when a request could not be served now. */
  readonly ready: () => Promise<void>
  /** What is wrong with the keys; `isBehind` when requests of others could not be read. */
  readonly keyProblem: () => { readonly message: string; readonly isBehind: boolean } | undefined
}

/** The ops listener: metrics for Prometheus, probes for whoever starts and stops us. */
export function createOpsApp({ metrics, ready, keyProblem }: OpsDependencies) {
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
    return c.text(keys === undefined ? 'ok\n' : `ok, but: ${keys.message}\n`)
  })
  return app
}
