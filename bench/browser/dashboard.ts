import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import postgres from 'postgres'
import { startStack } from '../../dev/stack.ts'
import { Visitor } from '../../gateway/test/support/visitor.ts'
import type { Bench } from '../bench.ts'

export const slug = 'loss-development'

/** The demo's dashboard as people have it: the gateway, and its app under gunicorn. */
export async function startDashboard(bench: Bench) {
  bench.say(`starting a stack with ${slug}`)
  const directory = join(bench.directory, 'dashboard-stack')
  const stack = await startStack({ directory, dashApps: [slug] })
  const { info } = stack
  const path = `/dashboard/${slug}/`
  const appUrl = info.dashApps.find((app) => app.slug === slug)?.url ?? ''
  const visitor = new Visitor(info.publicUrl)
  await visitor.signIn('viewer@acme.test')

  /** Where the gateway sends the dashboard's requests. It hears of a change by itself. */
  async function moveTo(url: string): Promise<void> {
    const sql = postgres(info.databaseUrl, { max: 1, onnotice: () => {} })
    await sql`update dashboards set app_url = ${url} where slug = ${slug}`
    await sql.end()
  }

  /** What the gateway states to the app: nobody but it can, and without it the app says nothing. */
  async function identityHeaders(): Promise<Record<string, string>> {
    const { promise: seen, resolve } = Promise.withResolvers<Record<string, string>>()
    const recorder = createServer((request, response) => {
      const token = String(request.headers['x-tenant-token'])
      resolve({ 'x-tenant-token': token })
      response.end('{}')
    })
    await new Promise<void>((listening) => recorder.listen(0, '127.0.0.1', listening))
    await moveTo(`http://127.0.0.1:${(recorder.address() as AddressInfo).port}`)
    const asking = setInterval(() => void visitor.script(`${path}_dash-layout`), 100)
    const headers = await seen
    clearInterval(asking)
    await moveTo(appUrl)
    while ((await visitor.script(`${path}_dash-layout`)).text === '{}') await wait(50)
    recorder.closeAllConnections()
    recorder.close()
    return headers
  }

  return {
    through: info.publicUrl + path,
    straight: appUrl + path,
    /** What a browser keeps of somebody who has signed in but never opened a dashboard. */
    cookies: visitor.cookies.names.map((name) => ({
      name,
      value: visitor.cookies.get(name) ?? '',
      url: info.publicUrl,
      secure: true,
      httpOnly: true,
      sameSite: 'Strict',
    })),
    identityHeaders,
    stop: () => stack.stop(),
  }
}

export type Dashboard = Awaited<ReturnType<typeof startDashboard>>
