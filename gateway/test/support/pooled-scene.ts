import { assign, untilServed } from './assigned.ts'
import type { Asker } from './crossed-answers.ts'
import { startMisbehavingApp } from './misbehaving-app.ts'
import { signedIn } from './stack.ts'

/** An app that misbehaves, assigned to two tenants, with somebody of each who may ask it. */
export async function pooledScene(slug: string) {
  const base = `/dashboard/${slug}/`
  const app = await startMisbehavingApp()
  const unassign = await assign(slug, app.url, ['acme-corp', 'globex'])
  const askers: Asker[] = []
  for (const email of ['viewer@acme.test', 'viewer@globex.test']) {
    const one = await signedIn(email)
    await untilServed(one, slug)
    askers.push({ email, cookie: one.cookies.header })
  }
  return {
    app,
    base,
    askers: askers as readonly Asker[],
    async stop() {
      await unassign()
      await app.stop()
    },
  }
}
