import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'
import type { StackInfo } from '../dev/stack-info.ts'

/** Makes a dashboard of an app, and assigns it to tenants, by the admin API. */
export async function assignTo(
  stack: StackInfo,
  slug: string,
  appUrl: string,
  tenants: readonly string[],
): Promise<void> {
  const dispatcher = new Agent({
    connect: {
      ca: readFileSync(stack.ca),
      cert: readFileSync(stack.clientCert),
      key: readFileSync(stack.clientKey),
    },
  })
  async function send(method: 'PUT' | 'POST', path: string, value: unknown): Promise<void> {
    const { statusCode, body } = await request(stack.adminUrl + path, {
      method,
      dispatcher,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    })
    if (statusCode >= 300)
      throw new Error(`${path} was answered ${statusCode}: ${await body.text()}`)
    await body.dump()
  }
  await send('PUT', `/admin/dashboards/${slug}`, { title: slug, appUrl })
  for (const tenant of tenants) await send('POST', `/admin/tenants/${tenant}/dashboards`, { slug })
  await dispatcher.close()
}
