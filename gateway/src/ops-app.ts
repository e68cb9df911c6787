import { Hono } from 'hono'
import type { Readiness } from './processes/readiness.ts'

export interface OpsDependencies {
  readonly metrics: { readonly contentType: string; expose(): Promise<string> }
  readonly readiness: () => Promise<Readiness>
}

/** The ops listener: metrics for Prometheus, probes for whoever starts and stops us. */
export function createOpsApp({ metrics, readiness }: OpsDependencies) {
  const app = new Hono()
  app.get('/metrics', async (c) =>
    c.body(await metrics.expose(), 200, { 'Content-Type': metrics.contentType }),
  )
  app.get('/livez', (c) => c.text('ok\n'))
  app.get('/readyz', async (c) => {
    const { isReady, remarks } = await readiness()
    if (!isReady) return c.text(`not ready: ${remarks.join('; ')}\n`, 503)
    return c.text(remarks.length === 0 ? 'ok\n' : `ok, but: ${remarks.join('; ')}\n`)
  })
  return app
}
