import { inject } from 'vitest'
import { startEndlessApp } from './endless-app.ts'
import { startHaproxy } from './haproxy.ts'
import { startGateways } from './replicas.ts'
import { eventually, operate, signedIn, stack } from './stack.ts'
import type { Visitor } from './visitor.ts'

const slug = 'balanced'
const accounts = {
  'acme-corp': 'viewer@acme.test',
  globex: 'viewer@globex.test',
  initech: 'viewer@initech.test',
}

/** Three gateways behind a balancer, a dashboard that all may see, and people who have it open. */
export async function startBalancedScene() {
  const app = await startEndlessApp()
  await operate('PUT', `/admin/dashboards/${slug}`, { title: 'Balanced', appUrl: app.url })
  for (const tenant of Object.keys(accounts))
    await operate('POST', `/admin/tenants/${tenant}/dashboards`, { slug })
  const gateways = await startGateways(3, {
    // What everybody has who says nothing else.
    environment: { ...inject('gatewayEnvironment'), SHUTDOWN_DELAY_SECONDS: '5' },
    logs: stack.logs,
  })
  const { replicas } = gateways
  const balancer = await startHaproxy(replicas, stack.logs)
  const base = `/dashboard/${slug}/`

  async function person(login: string): Promise<Visitor> {
    const one = await signedIn(login)
    one.via = balancer.url
    await eventually(
      () => one.script(`${base}_dash-layout`),
      ({ status }) => status === 200,
    )
    return one
  }

  return {
    slug,
    base,
    url: balancer.url,
    replicas,
    crashes: gateways.crashes,
    people: () => Promise.all(Object.values(accounts).map(person)),

    async stop(): Promise<void> {
      for (const tenant of Object.keys(accounts))
        await operate('DELETE', `/admin/tenants/${tenant}/dashboards/${slug}`)
      await balancer.stop()
      await gateways.stop()
      await app.stop()
    },
  }
}

export type BalancedScene = Awaited<ReturnType<typeof startBalancedScene>>
