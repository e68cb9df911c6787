import type { Asker } from './crossed-answers.ts'
import { startMisbehavingApp } from './misbehaving-app.ts'
import { eventually, operate, signedIn } from './stack.ts'

/** An app that misbehaves, assigned to two tenants, with somebody of each who may ask it. */
export async function pooledScene(slug: string) {
  const base = `/dashboard/${slug}/`
  const app = await startMisbehavingApp()
  const people = [
    ['viewer@acme.test', 'acme-corp'],
    ['viewer@globex.test', 'globex'],
  ] as const
  await operate('PUT', `/admin/dashboards/${slug}`, { title: 'Pooled', appUrl: app.url })
  const askers: Asker[] = []
  for (const [email, tenant] of people) {
    await operate('POST', `/admin/tenants/${tenant}/dashboards`, { slug, position: 90 })
    const one = await signedIn(email)
    await eventually(
      () => one.script(`${base}_dash-layout`),
      ({ status }) => status === 200,
    )
    askers.push({ email, cookie: one.cookies.header })
  }
  return {
    app,
    base,
    askers: askers as readonly Asker[],
    async stop() {
      for (const [, tenant] of people)
        await operate('DELETE', `/admin/tenants/${tenant}/dashboards/${slug}`)
      await app.stop()
    },
  }
}
