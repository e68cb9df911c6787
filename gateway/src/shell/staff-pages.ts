import { createHash } from 'node:crypto'
import { accessLogPage, type Visit } from '@dashgate/web/views/access-log-page.ts'
import { type Choice, tenantChooserPage } from '@dashgate/web/views/tenant-chooser-page.ts'
import { visitReasonPage } from '@dashgate/web/views/visit-reason-page.ts'
import type { Context } from 'hono'
import type { StaffVisit } from '../audit/staff-visits.ts'
import type { StaffVisitsStore } from '../audit/staff-visits-store.ts'
import type { GatewayEnv } from '../request-context.ts'
import type { OwnSessionsStore } from '../session/own-sessions-store.ts'
import { mayActFor } from '../session/principal.ts'
import type { TenantDirectory } from '../tenant/directory.ts'
import type { TenantChoice } from '../tenant/tenant.ts'
import type { ShellAssets } from './assets.ts'
import { activeTenant, pageSender } from './send-page.ts'
import { searchTenants } from './tenant-search.ts'
import { brandOf, pageOf, personOf, tenantsOf } from './view-models.ts'

export interface StaffPagesDependencies {
  readonly assets: ShellAssets
  readonly directory: TenantDirectory
  readonly ownSessions: Pick<OwnSessionsStore, 'recentTenants'>
  readonly visits: StaffVisitsStore
  readonly safeReturnTo: (wanted: string | undefined) => string
  readonly formTargets: readonly string[]
}

/** Of the tenants that somebody acted for last, and the one of now among them. */
const mostRecent = 5

const choiceOf = (tenant: TenantChoice): Choice => {
  const { displayName, primary } = brandOf(tenant)
  return {
    id: tenant.id,
    displayName,
    suspended: tenant.status === 'suspended',
    ...(primary === undefined ? {} : { primary }),
  }
}

/** The pages by which staff come to a tenant, and the one by which its people see that they did. */
export function staffPages({
  assets,
  directory,
  ownSessions,
  visits,
  safeReturnTo,
  formTargets,
}: StaffPagesDependencies) {
  const send = pageSender(formTargets)

  async function chooser(c: Context<GatewayEnv>, returnTo: string): Promise<Response> {
    const session = c.get('session')
    const query = (c.req.query('q') ?? '').slice(0, 100)
    const open = tenantsOf(session, directory)
    const { tenants, ...place } = searchTenants(open, query, Number(c.req.query('page') ?? 1))
    // In a list that is seen at a glance, nothing has to be at its top as well.
    const recent =
      place.pages > 1 && place.page === 1 && query === ''
        ? await ownSessions.recentTenants(session.principal, mostRecent)
        : []
    const { activeTenantId } = session
    return send(
      c,
      tenantChooserPage({
        page: pageOf(c, assets),
        person: personOf(session, directory),
        found: { ...place, tenants: tenants.map(choiceOf) },
        query,
        recent: recent.flatMap((id) => {
          const tenant = mayActFor(session.principal, id) && directory.tenant(id)
          return tenant ? choiceOf(tenant) : []
        }),
        returnTo,
        ...(activeTenantId === undefined ? {} : { activeTenantId }),
      }),
    )
  }

  return {
    chooser,

    /** GET /tenant: staff choose another tenant, and then say why (`?to=`). */
    chooseTenant(c: Context<GatewayEnv>): Response | Promise<Response> {
      const session = c.get('session')
      if (session.principal.role !== 'admin') return c.redirect('/', 302)
      const returnTo = safeReturnTo(c.req.query('return_to'))
      const wanted = directory.tenant(c.req.query('to') ?? '')
      const mayGo = wanted?.status === 'active' && mayActFor(session.principal, wanted.id)
      if (!mayGo) return chooser(c, returnTo)
      const page = pageOf(c, assets)
      const person = personOf(session, directory)
      return send(c, visitReasonPage({ page, person, tenant: choiceOf(wanted), returnTo }))
    },

    /** GET /access-log: when staff looked at the data of the session's tenant, and why. */
    async accessLog(c: Context<GatewayEnv>): Promise<Response> {
      const session = c.get('session')
      const tenant = activeTenant(c, directory)
      c.set('tenant', tenant)
      const list = await visits.list(tenant.id, c.req.query('before'))
      const titles = new Map(directory.dashboardsOf(tenant.id).map((one) => [one.slug, one.title]))
      return send(
        c,
        accessLogPage({
          page: pageOf(c, assets),
          person: personOf(session, directory),
          brand: brandOf(tenant),
          visits: list.visits.map((visit) => visitOf(tenant.id, visit, titles)),
          now: session.now(),
          ...(list.olderThan === undefined ? {} : { older: list.olderThan }),
        }),
      )
    },
  }
}

/**
 * Who it was is for the operator to say, who finds the line by its request: a tenant's people are told
 * the organisation, and whether it was the same person as before.
 */
function visitOf(
  tenantId: string,
  { at, actor, actorEmail, reason, dashboards, requestId, isBeginning }: StaffVisit,
  titles: ReadonlyMap<string, string>,
): Visit {
  const organisation = /@([^@\s]+)$/.exec(actorEmail ?? '')?.[1]
  const mark = createHash('sha256').update(`${tenantId}\n${actor}`).digest('hex').slice(0, 4)
  return {
    at: at.getTime(),
    mark: mark.toUpperCase(),
    reference: requestId,
    dashboards: [...dashboards].map((slug) => titles.get(slug) ?? slug),
    ...(organisation === undefined ? {} : { organisation }),
    ...(reason === undefined ? {} : { reason }),
    ...(isBeginning ? {} : { begunEarlier: true }),
  }
}
