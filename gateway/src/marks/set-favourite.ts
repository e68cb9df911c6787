import type { Context } from 'hono'
import { notFound } from '../edge/error-response.ts'
import { formFields } from '../edge/form.ts'
import type { GatewayEnv } from '../request-context.ts'
import type { TenantDirectory } from '../tenant/directory.ts'
import type { MarkStore } from './mark-store.ts'

export interface SetFavouriteDependencies {
  readonly directory: Pick<TenantDirectory, 'dashboardsOf'>
  readonly marks: Pick<MarkStore, 'setFavourite'>
}

/** POST /favourites: a person marks one of the tenant's dashboards, or takes the mark away (`favourite=no`). */
export const setFavourite = ({ directory, marks }: SetFavouriteDependencies) =>
  async function setFavourite(c: Context<GatewayEnv>): Promise<Response> {
    const form = await formFields(c)
    const { activeTenantId: tenantId = '', principal } = c.get('session')
    const slug = form.get('dashboard') ?? ''
    // What may not be seen does not exist here either.
    if (!directory.dashboardsOf(tenantId).some((one) => one.slug === slug)) throw notFound()
    const { issuer, sub } = principal
    await marks.setFavourite({ tenantId, issuer, sub }, slug, form.get('favourite') !== 'no')
    c.header('Cache-Control', 'no-store')
    return c.redirect('/', 303)
  }
