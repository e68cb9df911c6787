import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startGateways, type Gateways } from './support/replicas.ts'
import { eventually, operate, signedIn, stack } from './support/stack.ts'
import { asFrame, type Visitor } from './support/visitor.ts'

const slug = 'content-app'
const base = `/dashboard/${slug}/`

/** What one app must not say to a browser that it shares with others. */
const forbidden = {
  'set-cookie': ['session=stolen; Path=/', '__Host-Http-session=stolen; Path=/; Secure'],
  'content-security-policy': "default-src * 'unsafe-inline' 'unsafe-eval'",
  'service-worker-allowed': '/',
  'clear-site-data': '"storage"',
  refresh: '0; url=https://evil.example/',
  link: '<https://evil.example/x.js>; rel=preload',
  'access-control-allow-origin': '*',
  'x-frame-options': 'ALLOWALL',
  'cdn-cache-control': 'max-age=600',
}
const fileName = 'attachment; filename="Schäden €.csv"'

/** Says whatever is forbidden, with each answer. */
function createContentApp(asked: string[]) {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://app')
    asked.push(pathname)
    for (const [name, value] of Object.entries(forbidden)) response.setHeader(name, value)
    response.setHeader('cache-control', 'public, max-age=600')
    if (pathname === base) {
      response.setHeader('content-type', 'text/html')
      return response.end('<html><head></head><body><script>1</script></body></html>')
    }
    if (pathname === `${base}away`) {
      return response.writeHead(302, { location: 'https://evil.example/' }).end()
    }
    // As Flask writes it: the bytes of UTF-8, each of which Node takes for a character.
    response.setHeader('content-disposition', Buffer.from(fileName).toString('latin1'))
    return response.end('{}')
  })
}

const asked: string[] = []
const app = createContentApp(asked)
let gateways: Gateways
let acme: Visitor
let excepted: Visitor

const exceptions = {
  [slug]: {
    'connect-src': ['https://tiles.example', 'wss://live.example:8443'],
    'script-src': ["'unsafe-eval'"],
  },
}

beforeAll(async () => {
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  const appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  await operate('PUT', `/admin/dashboards/${slug}`, { title: 'Content', appUrl })
  await operate('POST', '/admin/tenants/acme-corp/dashboards', { slug, position: 98 })
  gateways = await startGateways(1, {
    environment: { ...inject('gatewayEnvironment'), CSP_EXCEPTIONS: JSON.stringify(exceptions) },
    logs: stack.logs,
  })
  acme = await signedIn('viewer@acme.test')
  excepted = await signedIn('viewer@acme.test')
  excepted.via = gateways.replicas[0]?.url
  for (const one of [acme, excepted]) {
    await eventually(
      () => one.script(`${base}_dash-layout`),
      ({ status }) => status === 200,
    )
  }
}, 120_000)

afterAll(async () => {
  await gateways?.stop()
  await operate('DELETE', `/admin/tenants/acme-corp/dashboards/${slug}`)
  await new Promise((resolve) => app.close(resolve))
})

const policyOf = async (one: Visitor, path: string) => {
  const { headers } = await one.ask(path, { headers: asFrame })
  return new Map(
    (headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ')
      return [name, sources] as const
    }),
  )
}

describe('an app', () => {
  it.each([base, `${base}_dash-layout`, `${base}assets/a.css`, `${base}away`])(
    'R10, V27, V48: tells browsers nothing about the site with %s',
    async (path) => {
      const { headers } = await acme.ask(path, { headers: asFrame })
      for (const [name, value] of Object.entries(forbidden)) {
        expect(headers.get(name) ?? '', name).not.toContain(String(value))
      }
      expect(headers.getSetCookie()).toEqual([])
      for (const name of ['service-worker-allowed', 'clear-site-data', 'refresh', 'link'])
        expect(headers.has(name), name).toBe(false)
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; /)
      expect(headers.get('cache-control')).toMatch(/^(no-store|private, max-age=600)$/)
    },
  )

  it('R10: leads nobody away from its dashboard', async () => {
    const { status, headers } = await acme.ask(`${base}away`, { headers: asFrame })
    expect([status, headers.get('location')]).toEqual([302, base])
  })

  it('R10: is not asked for a service worker', async () => {
    const path = `${base}assets/worker.js`
    const { status } = await acme.script(path, { headers: { 'service-worker': 'script' } })
    expect(status).toBe(404)
    expect(asked).not.toContain(path)
  })

  it('names a file in any language, byte by byte', async () => {
    const { headers } = await acme.script(`${base}_dash-layout`)
    const bytes = Buffer.from(headers.get('content-disposition') ?? '', 'latin1')
    expect(bytes.toString()).toBe(fileName)
  })
})

describe('V48: the policy of a dashboard', () => {
  it('allows nothing from elsewhere, no eval and no inline script', async () => {
    const policy = await policyOf(acme, base)
    expect(policy.get('script-src')).toEqual(["'self'", expect.stringMatching(/^'nonce-.+'$/)])
    expect(policy.get('connect-src')).toEqual(["'self'"])
    expect([...policy.values()].flat().join(' ')).not.toMatch(/https?:|wss?:|\*|unsafe-eval/)
  })

  it('allows more only by configuration, for the one dashboard that is named', async () => {
    const policy = await policyOf(excepted, base)
    expect(policy.get('connect-src')).toEqual(["'self'", ...exceptions[slug]['connect-src']])
    expect(policy.get('script-src')?.slice(2)).toEqual(["'unsafe-eval'"])
    expect(policy.get('img-src')).toEqual(["'self'", 'data:', 'blob:'])

    const other = await policyOf(excepted, '/dashboard/loss-development/')
    expect([...other.values()].flat().join(' ')).not.toMatch(/example|unsafe-eval/)
    expect(other.get('script-src')).toHaveLength(2)
  })

  it('is warned of at start, each source by name', async () => {
    const lines = ((await gateways.replicas[0]?.log()) ?? '').split('\n')
    const warnings = lines.filter((line) => line.includes('CSP_EXCEPTIONS'))
    expect(warnings).toHaveLength(3)
    for (const line of warnings) expect(line).toMatch(/"level":"warn"/)
    for (const source of ['https://tiles.example', 'wss://live.example:8443', "'unsafe-eval'"])
      expect(warnings.join('\n')).toContain(source)
  })
})
