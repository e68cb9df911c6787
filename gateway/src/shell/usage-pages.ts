import { usagePage } from '@dashgate/web/views/usage-page.ts'
import type { Context } from 'hono'
import { notFound } from '../edge/error-response.ts'
import type { GatewayEnv } from '../request-context.ts'
import type { TenantDirectory } from '../tenant/directory.ts'
import type { CallbackFigures } from '../usage/callback-figures.ts'
import type { Opening, UsageStore } from '../usage/usage-store.ts'
import type { ShellAssets } from './assets.ts'
import { pageSender } from './send-page.ts'
import { pageOf, personOf } from './view-models.ts'

export interface UsagePagesDependencies {
  readonly assets: ShellAssets
  readonly directory: TenantDirectory
  readonly usage: UsageStore
  readonly csvOf: (openings: readonly Opening[]) => string
  readonly callbacks: () => Promise<readonly CallbackFigures[]>
  readonly formTargets: readonly string[]
}

const periods = [7, 30, 90] as const
const dayMs = 86_400_000

function asked(c: Context<GatewayEnv>) {
  const { principal } = c.get('session')
  if (principal.role !== 'admin') throw notFound()
  const days = periods.find((one) => String(one) === c.req.query('days')) ?? 30
  return { tenants: principal.tenants, days }
}

/** Staff see who opened what, over the tenants that they may act for; for anybody else there is no such page. */
export function usagePages({
  assets,
  directory,
  usage,
  csvOf,
  callbacks,
  formTargets,
}: UsagePagesDependencies) {
  const send = pageSender(formTargets)

  return {
    /** GET /usage */
    async page(c: Context<GatewayEnv>): Promise<Response> {
      const { tenants, days } = asked(c)
      const session = c.get('session')
      const { days: counts, dashboards, openings } = await usage.read(tenants, days)
      const tenantName = (id: string) => directory.tenant(id)?.displayName ?? id
      const title = (slug: string) => directory.dashboard(slug)?.title ?? slug
      const now = session.now()
      const dates = Array.from({ length: days }, (_, i) =>
        new Date(now - (days - 1 - i) * dayMs).toISOString().slice(0, 10),
      )
      return send(
        c,
        usagePage({
          page: pageOf(c, assets),
          person: personOf(session, directory),
          days,
          periods,
          now,
          perDay: dates.map((date) => ({ date, openings: counts.get(date) ?? 0 })),
          dashboards: dashboards.map((one) => ({
            ...one,
            tenant: tenantName(one.tenantId),
            dashboard: title(one.dashboard),
            lastAt: one.lastAt.getTime(),
          })),
          openings: openings.map((one) => ({
            at: one.at.getTime(),
            person: one.person,
            tenant: tenantName(one.tenantId),
            dashboard: title(one.dashboard),
          })),
          // Counted over all tenants: for those who may act for all.
          ...(tenants === 'all' ? { callbacks: [...(await callbacks())] } : {}),
        }),
      )
    },

    /** GET /usage.csv */
    async csv(c: Context<GatewayEnv>): Promise<Response> {
      const { tenants, days } = asked(c)
      const text = csvOf(await usage.list(tenants, days))
      return c.body(text, 200, {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="usage-${days}-days.csv"`,
        'Cache-Control': 'no-store',
      })
    },
  }
}
