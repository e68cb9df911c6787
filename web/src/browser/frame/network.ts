import { watchFetch } from './fetch.ts'
import type { OwnRequests } from './own-request.ts'
import { watchXhr } from './xhr.ts'

/** Requests of this page say for whom it was made; their refusals reach the shell, or wait. */
export function watchNetwork(
  { tenant, person }: { tenant: string; person: string },
  around: Omit<OwnRequests, 'madeFor'>,
): void {
  const madeFor = { 'X-Dashgate-Tenant': tenant, 'X-Dashgate-Person': person }
  watchFetch({ ...around, madeFor })
  watchXhr({ ...around, madeFor })
}
