import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { inject } from 'vitest'

/** Addresses of the stack that all tests share. */
export const stack = inject('stack')

/** A Dash app's process, to be stopped and started. */
export function app(slug: string) {
  const ask = async (method: string, action = '') => {
    const response = await fetch(`${inject('appSwitch')}/${slug}/${action}`, { method })
    const text = await response.text()
    if (!response.ok) throw new Error(text)
    return text
  }
  return {
    stop: () => ask('POST', 'stop'),
    start: () => ask('POST', 'start'),
    pid: async () => Number(await ask('GET')),
  }
}

/** Sum of a metric's series, out of those whose labels hold the given ones. */
export async function metric(name: string, labels: Record<string, string>): Promise<number> {
  const text = await (await fetch(`${stack.opsUrl}/metrics`)).text()
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}

/** What an operator does when somebody's sessions must end at once. */
export const revokeSessions = (whose: { sub: string }): Promise<void> =>
  operate('POST', '/admin/sessions/revoke', whose)

/** Asks the admin API for a change, with the client certificate of the demo. */
export function operate(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const asked = request(
    stack.adminUrl + path,
    {
      method,
      ...(body && { headers: { 'content-type': 'application/json' } }),
      ca: readFileSync(stack.ca),
      cert: readFileSync(stack.clientCert),
      key: readFileSync(stack.clientKey),
    },
    (response) => {
      response.resume()
      const status = response.statusCode ?? 0
      if (status >= 200 && status < 300) resolve()
      else reject(new Error(`The admin API answered ${status}`))
    },
  )
  asked.on('error', reject)
  asked.end(body && JSON.stringify(body))
  return promise
}
