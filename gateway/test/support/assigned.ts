import { eventually, operate } from './stack.ts'
import type { Visitor } from './visitor.ts'

/**
 * Puts an app of a test on the lists of tenants, last of all.
 *
 * @returns what takes it off again
 */
export async function assign(
  slug: string,
  appUrl: string,
  tenants: readonly string[] = ['acme-corp'],
): Promise<() => Promise<void>> {
  await operate('PUT', `/admin/dashboards/${slug}`, { title: slug, appUrl })
  for (const tenant of tenants) {
    await operate('POST', `/admin/tenants/${tenant}/dashboards`, { slug, position: 99 })
  }
  return async () => {
    for (const tenant of tenants) {
      await operate('DELETE', `/admin/tenants/${tenant}/dashboards/${slug}`)
    }
  }
}

/** Until the gateway has heard of the dashboard, and the app answers. */
export const untilServed = (one: Visitor, slug: string) =>
  eventually(
    () => one.script(`/dashboard/${slug}/_dash-layout`),
    ({ status }) => status === 200,
  )
