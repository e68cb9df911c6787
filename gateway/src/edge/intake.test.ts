import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { GatewayEnv } from '../request-context.ts'
import { errorResponse } from './error-response.ts'
import { intake } from './intake.ts'

const app = new Hono<GatewayEnv>()
app.onError(errorResponse({ report: () => {} }))
app.use(intake())
app.all('*', (c) => c.text('taken'))

/** A request over HTTP/2, where node takes more than we do. */
async function ask(path: string, fields: Readonly<Record<string, string>>) {
  const headers = { ':method': 'GET', ':path': path, ':authority': 'dash.example', ...fields }
  const incoming = { method: 'GET', url: path, headers, rawHeaders: Object.entries(headers).flat() }
  const { status, headers: answered } = await app.request(path, {}, { incoming })
  return [status, answered.get('x-gateway-error'), answered.get('clear-site-data')]
}

describe('X16: a request that is too large', () => {
  it('because of its cookies is the one chance to have them removed', async () => {
    expect(await ask('/', { cookie: 'x'.repeat(17_000) })).toEqual([
      431,
      'too_many_cookies',
      '"cookies"',
    ])
  })

  it('because of anything else costs nobody a cookie', async () => {
    const cookie = 'session=x'
    expect(await ask('/', { cookie, 'x-big': 'x'.repeat(17_000) })).toEqual([
      431,
      'too_many_headers',
      null,
    ])
    const address = `/?${'a'.repeat(8150)}`
    const widest = {
      cookie: 'x'.repeat(4000),
      referer: 'https://evil.example/',
      'x-a': 'x'.repeat(5000),
    }
    expect(await ask(address, widest)).toEqual([431, 'too_many_headers', null])
    expect(await ask(`/?${'a'.repeat(9000)}`, { cookie })).toEqual([414, 'address_too_long', null])
  })

  it('is none with cookies that are read', async () => {
    expect(await ask('/', { cookie: 'x'.repeat(15_000) })).toEqual([200, null, null])
  })
})
