import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { Client } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { startGateways, type Gateways } from './support/replicas.ts'
import { eventually, operate, signedIn, stack } from './support/stack.ts'
import { startSuitesApp, type SuitesApp } from './support/suites-app.ts'
import { asFrame, asNavigation, type Answer, Visitor } from './support/visitor.ts'

const sharedForm = /\/_shared\/([0-9a-f]{32})\/_dash-component-suites\/[\w./@-]+/g
const suites = '_dash-component-suites/'
const tenants = ['acme-corp', 'globex'] as const

let folder: string
let gateways: Gateways
let one: SuitesApp
let other: SuitesApp
let acme: Visitor
let globex: Visitor

/** A visitor at the first replica, or at another one. */
function at(visitor: Visitor, replica = 0): Visitor {
  const copy = new Visitor(visitor.publicUrl)
  for (const name of visitor.cookies.names) copy.cookies.set(name, visitor.cookies.get(name) ?? '')
  copy.via = gateways.replicas[replica]?.url
  return copy
}

const framePage = (who: Visitor, app: SuitesApp) => who.ask(app.base, { headers: asFrame })
const urlsIn = ({ text }: Answer) => [...text.matchAll(sharedForm)].map(([url]) => url)
const buildIn = ({ text }: Answer) => [...text.matchAll(sharedForm)][0]?.[1]

/** Once it is known what the app's pages are made of. */
const sharedPage = (
  who: Visitor,
  app: SuitesApp,
  is = (page: Answer) => buildIn(page) !== undefined,
) => eventually(() => framePage(who, app), is)

const askFor = (who: Visitor, url: string, app: SuitesApp, headers: Record<string, string> = {}) =>
  who.script(url, { headers: { referer: `${stack.publicUrl}${app.base}`, ...headers } })

const chunkOf = (page: Answer, path: string) => `/_shared/${buildIn(page)}/${suites}${path}`

/** Files like Dash's own; mark and file time make each deploy another one. */
let time = 1000
function deploy(app: SuitesApp, mark: string): void {
  time += 1
  const of = time
  app.now.names = () => [`dash/dcc/dcc.v4_4_1m${of}.js`, `dash/deps/react@18.v4_4_1m${of}.3.1.js`]
  app.now.files = new Map([
    ['dash/dcc/dcc.js', { text: `// dcc ${mark}\n${'x'.repeat(2000)}` }],
    ['dash/dcc/async-graph.js', { text: `// chunk ${mark}\n${'y'.repeat(2000)}` }],
    ['dash/deps/react@18.3.1.js', { text: `// react ${mark}` }],
    ['dash/dash-renderer/build/dash-ws-worker.js', { text: '// worker' }],
  ])
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dashgate-shared-'))
  one = await startSuitesApp('suites-one')
  other = await startSuitesApp('suites-other')
  for (const [index, app] of [one, other].entries()) {
    await operate('PUT', `/admin/dashboards/${app.slug}`, { title: app.slug, appUrl: app.url })
    for (const tenant of tenants) {
      await operate('POST', `/admin/tenants/${tenant}/dashboards`, {
        slug: app.slug,
        position: 91 + index,
      })
    }
  }
  gateways = await startGateways(2, {
    environment: inject('gatewayEnvironment'),
    logs: stack.logs,
    override: (index) => ({ SHARED_ASSETS_DIR: join(folder, String(index)) }),
  })
  acme = at(await signedIn('viewer@acme.test'))
  globex = at(await signedIn('viewer@globex.test'))
}, 120_000)

beforeEach(() => {
  for (const app of [one, other]) deploy(app, randomUUID())
})

afterAll(async () => {
  await gateways?.stop()
  for (const app of [one, other]) {
    for (const tenant of tenants) {
      await operate('DELETE', `/admin/tenants/${tenant}/dashboards/${app.slug}`)
    }
    await app.stop()
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 50 })
})

describe('bundles that dashboards have in common', () => {
  it('hold up nobody: the first page names them where the app has them', async () => {
    const page = await framePage(acme, one)
    const [named = ''] = one.now.names('')
    expect(page.text).toContain(`src="${one.base}${suites}${named}"`)
    expect(urlsIn(page)).toEqual([])
    const file = await acme.script(`${one.base}${suites}${named}`)
    expect(file.text).toBe(one.now.files.get('dash/dcc/dcc.js')?.text)
  })

  it('are the same for every dashboard and tenant', async () => {
    const mark = randomUUID()
    deploy(one, mark)
    deploy(other, mark)
    const pages = await Promise.all([
      sharedPage(acme, one),
      sharedPage(globex, one),
      sharedPage(acme, other),
      sharedPage(globex, other),
    ])
    expect(new Set(pages.map((page) => urlsIn(page).join())).size).toBe(1)
    expect(urlsIn(pages[0])).toHaveLength(2)
  })

  it('are kept for a year by any cache, coded, and with nothing of who asks', async () => {
    const [url = ''] = urlsIn(await sharedPage(acme, one))
    const ask = () => askFor(acme, url, one, { 'accept-encoding': 'gzip, br' })
    const { headers } = await eventually(ask, (answer) => answer.headers.has('content-encoding'))
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(headers.get('content-encoding')).toBe('br')
    expect(headers.get('vary')).toBe('Accept-Encoding')
    for (const name of ['set-cookie', 'content-location', 'age', 'last-modified', 'expires']) {
      expect(headers.has(name), name).toBe(false)
    }
    const fresh = { 'accept-encoding': 'br', 'if-none-match': headers.get('etag') ?? '' }
    expect([200, 304]).toContain((await askFor(acme, url, one, fresh)).status)
  })

  it('V27: but a chunk in one session alone, for any app can have the bundles that make a build', async () => {
    const mark = randomUUID()
    deploy(one, mark)
    deploy(other, mark)
    one.now.files.set('dash/dcc/async-graph.js', { text: '// of somebody who means harm' })
    const page = await sharedPage(globex, one)
    expect(buildIn(page)).toBe(buildIn(await sharedPage(acme, other)))
    const url = chunkOf(page, 'dash/dcc/async-graph.js')
    const { text, headers } = await askFor(globex, url, one)
    expect(text).toContain('means harm')
    expect(headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect(headers.get('vary')).toMatch(/^Cookie\b/)
    expect((await askFor(acme, url, other)).text).not.toContain('means harm')
  })

  it('are what the app has, in every coding', async () => {
    const [url = ''] = urlsIn(await sharedPage(acme, one))
    const client = new Client(acme.via ?? '')
    const ask = async () => {
      const cookie = acme.cookies.header ?? ''
      const headers = { host: new URL(stack.publicUrl).host, cookie, 'accept-encoding': 'br' }
      const answer = await client.request({ path: url, method: 'GET', headers })
      const bytes = Buffer.from(await answer.body.arrayBuffer())
      return { coding: answer.headers['content-encoding'], bytes }
    }
    const { bytes } = await eventually(ask, ({ coding }) => coding === 'br')
    await client.close()
    expect(brotliDecompressSync(bytes).toString()).toBe(one.now.files.get('dash/dcc/dcc.js')?.text)
  })

  it('are for who is signed in', async () => {
    const [url = ''] = urlsIn(await sharedPage(acme, one))
    const stranger = new Visitor(stack.publicUrl)
    stranger.via = acme.via
    const { status, headers } = await askFor(stranger, url, one)
    expect(status).toBe(401)
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('have their chunks beside them, asked of the app once and in nobody’s name', async () => {
    const page = await sharedPage(acme, one)
    const url = chunkOf(page, 'dash/dcc/async-graph.js')
    const before = one.asked.length
    const answers = await Promise.all([acme, globex, acme].map((who) => askFor(who, url, one)))
    for (const { status, text } of answers) {
      expect(status).toBe(200)
      expect(text).toBe(one.now.files.get('dash/dcc/async-graph.js')?.text)
    }
    const asked = one.asked.slice(before)
    expect(asked.filter(({ path }) => path.endsWith('async-graph.js'))).toHaveLength(1)
    for (const { headers } of one.suiteRequests().filter((request) => asked.includes(request))) {
      expect(Object.keys(headers).toSorted()).toEqual(
        ['accept', 'accept-encoding', 'connection', 'host'].toSorted(),
      )
    }
  })

  it('announce to the next visitor of the tenant what the page asked for late', async () => {
    const url = chunkOf(await sharedPage(acme, one), 'dash/dcc/async-graph.js')
    await sharedPage(globex, one)
    await askFor(acme, url, one)
    const shell = (who: Visitor) => who.ask(one.base, { headers: asNavigation })
    // Compiled in the frame alone: the shell only has it fetched.
    expect((await shell(acme)).text).toContain(`as="fetch" crossorigin="anonymous" href="${url}"`)
    expect((await framePage(acme, one)).text).toContain(`as="script" href="${url}"`)
    expect((await shell(globex)).text).not.toContain('rel="preload"')
  })

  it('leave the socket’s worker where each dashboard has its own', async () => {
    const page = await sharedPage(acme, one)
    const worker = 'dash/dash-renderer/build/dash-ws-worker.js'
    expect((await askFor(acme, chunkOf(page, worker), one)).status).toBe(404)
    expect((await acme.script(`${one.base}${suites}${worker}`)).status).toBe(200)
  })
})

describe('after an app’s deploy', () => {
  it('two builds live at once, and never mix', async () => {
    const before = await sharedPage(acme, one)
    const fetched = chunkOf(before, 'dash/dcc/async-graph.js')
    const old = (await askFor(acme, fetched, one)).text
    one.now.files.set('dash/dcc/async-late.js', { text: '// never asked for' })
    deploy(one, randomUUID())
    const after = await sharedPage(
      acme,
      one,
      (page) => ![undefined, buildIn(before)].includes(buildIn(page)),
    )
    const [bundle = ''] = urlsIn(after)
    expect((await askFor(acme, bundle, one)).text).toBe(one.now.files.get('dash/dcc/dcc.js')?.text)
    for (const url of urlsIn(before)) expect((await askFor(acme, url, one)).status).toBe(200)
    expect((await askFor(acme, fetched, one)).text).toBe(old)
    const late = await askFor(acme, chunkOf(before, 'dash/dcc/async-late.js'), one)
    expect(late.status).toBe(404)
  })

  it('a chunk that was never asked for is of the new build, not of the old one', async () => {
    const before = await sharedPage(acme, one)
    deploy(one, randomUUID())
    const { status } = await askFor(acme, chunkOf(before, 'dash/dcc/async-graph.js'), one)
    expect(status).toBe(404)
  })

  it('plotly.js alone makes another build', async () => {
    one.now.files.set('plotly/package_data/plotly.min.js', { text: '/* plotly one */' })
    const before = await sharedPage(acme, one)
    one.now.plotlyVersion = '7.2.0'
    one.now.files.set('plotly/package_data/plotly.min.js', { text: '/* plotly two */' })
    const after = await sharedPage(
      acme,
      one,
      (page) => ![undefined, buildIn(before)].includes(buildIn(page)),
    )
    const [, plotly = ''] = /data-plotly="([^"]+)"/.exec(after.text) ?? []
    expect((await askFor(acme, plotly, one)).text).toBe('/* plotly two */')
  })

  it('replicas whose files have other times are one build', async () => {
    const before = await sharedPage(acme, one)
    one.now.names = () => ['dash/dcc/dcc.v4_4_1m99.js', 'dash/deps/react@18.v4_4_1m98.3.1.js']
    const after = await sharedPage(acme, one)
    expect(urlsIn(after)).toEqual(urlsIn(before))
  })
})

describe('several gateways', () => {
  it('serve a build whose page another one made', async () => {
    const page = await sharedPage(acme, one)
    const [url = ''] = urlsIn(page)
    const second = at(acme, 1)
    const sent = await askFor(second, url, one)
    expect(sent.status).toBe(307)
    expect(sent.headers.get('cache-control')).toBe('no-store')
    const own = await second.script(sent.headers.get('location') ?? '')
    expect(own.text).toBe(one.now.files.get('dash/dcc/dcc.js')?.text)
    expect(buildIn(await sharedPage(second, one))).toBe(buildIn(page))
    expect((await askFor(second, url, one)).status).toBe(200)
  })

  it('tell nobody which dashboards there are', async () => {
    const url = `/_shared/${'0'.repeat(32)}/${suites}dash/dcc/dcc.js`
    for (const slug of [one.slug, 'no-such-dashboard']) {
      const referer = `${stack.publicUrl}/dashboard/${slug}/`
      const { status, headers } = await acme.script(url, { headers: { referer } })
      expect([status, headers.get('location')]).toEqual([
        307,
        `/dashboard/${slug}/${suites}dash/dcc/dcc.js`,
      ])
    }
    expect((await acme.script(url)).status).toBe(404)
    const foreign = { referer: `https://evil.example/dashboard/${one.slug}/` }
    expect((await acme.script(url, { headers: foreign })).status).toBe(404)
  })
})

describe('V27: what depends on a tenant is never kept', () => {
  const misleading = [
    ['says nothing', {}],
    ['may be kept by all', { 'cache-control': 'public, max-age=31536000, immutable' }],
    ['varies by cookie', { vary: 'Cookie', 'cache-control': 'public, max-age=600' }],
    ['varies by anything', { vary: '*' }],
    ['sets a cookie', { 'set-cookie': 'tenant=%tenant%' }],
    ['is private', { 'cache-control': 'private, max-age=600' }],
    ['is not to be stored', { 'cache-control': 'no-store' }],
    ['claims an age', { age: '1', 'cache-control': 's-maxage=600' }],
    ['claims another place', { 'content-location': '/_shared/x' }],
    [
      'claims an entity',
      { etag: '"same-for-all"', 'last-modified': 'Mon, 23 Nov 2026 00:00:00 GMT' },
    ],
    ['is coded', { 'content-encoding': 'gzip' }],
    ['is a page', { 'content-type': 'text/html' }],
    ['is data', { 'content-type': 'application/json' }],
  ] as const

  it.each(misleading)('where an answer %s', async (_, headers) => {
    const marked = '// made for %tenant%\n'
    const paths = [
      'dash/dcc/dcc.js',
      'dash/dcc/async-graph.js',
      'plotly/package_data/plotly.min.js',
    ]
    for (const path of paths) one.now.files.set(path, { text: marked + randomUUID(), headers })
    const [name = ''] = one.now.names('')
    one.now.names = () => [name]
    const page = await sharedPage(acme, one, () => one.suiteRequests().length > 0)
    const urls = new Set([
      ...urlsIn(page),
      ...paths.map((path) => chunkOf(page, path)),
      ...paths.map((path) => `${one.base}${suites}${path}`),
      `${one.base}${suites}${name}`,
      `${one.base}assets/x.js`,
      `${one.base}_dash-layout`,
      `${one.base}_dash-dependencies`,
    ])
    for (const url of urls) await askFor(acme, url, one)
    for (const url of [...urls, one.base]) {
      expect((await askFor(globex, url, one)).text, url).not.toContain('acme-corp')
    }
    const onDisk = join(folder, '0')
    for (const name of await readdir(onDisk, { recursive: true })) {
      const bytes = await readFile(join(onDisk, name)).catch(() => Buffer.alloc(0))
      expect(bytes.includes('made for acme-corp'), name).toBe(false)
    }
  })

  it('where its name is what tells', async () => {
    const names = (tenant: string) => `own/of-${tenant}.v1m${time}.js`
    one.now.names = (tenant) => [names(tenant)]
    for (const tenant of tenants) one.now.files.set(`own/of-${tenant}.js`, { text: '//' })
    const page = await sharedPage(acme, one)
    await askFor(acme, chunkOf(page, 'own/of-globex.js'), one)
    await sharedPage(globex, one)
    for (const headers of [asNavigation, asFrame]) {
      const seen = (await globex.ask(one.base, { headers })).text
      expect(seen.replace(/<title>.*?<\/title>/, '')).not.toContain('of-acme')
    }
  })
})

describe('what nobody named', () => {
  it('never enters, however often it is asked for', async () => {
    const page = await sharedPage(acme, one)
    const before = one.asked.length
    const random = () => `dash/dcc/${randomUUID()}.js`
    const paths = Array.from({ length: 20 }, random)
    for (const path of paths) {
      expect((await askFor(acme, chunkOf(page, path), one)).status).toBe(404)
      expect((await askFor(acme, chunkOf(page, path), one)).status).toBe(404)
      const elsewhere = await askFor(acme, chunkOf(page, `other/${path}`), one)
      expect(elsewhere.status).toBe(404)
    }
    // Each was asked for once; where no bundle is, nothing was.
    expect(one.asked.slice(before)).toHaveLength(paths.length)
  })

  it.each([
    '/_shared/',
    '/_shared/x/_dash-component-suites/dash/dcc/dcc.js',
    '/_shared/BUILD/assets/app.css',
    '/_shared/BUILD/_dash-component-suites/',
    '/_shared/BUILD/_dash-component-suites/dash/dcc/dcc.js.map',
    '/_shared/BUILD/_dash-component-suites/dash/dcc/%64cc.js',
  ])('is not found at %s', async (path) => {
    const build = buildIn(await sharedPage(acme, one)) ?? ''
    expect([400, 404]).toContain((await askFor(acme, path.replace('BUILD', build), one)).status)
  })

  it('is no more than what is there, with whatever fingerprint', async () => {
    const page = await sharedPage(acme, one)
    const before = one.asked.length
    for (const mark of ['v4_4_1m17', 'v9_9_9m1', `v0m${'f'.repeat(40)}`]) {
      const { text } = await askFor(acme, chunkOf(page, `dash/dcc/dcc.${mark}.js`), one)
      expect(text).toBe(one.now.files.get('dash/dcc/dcc.js')?.text)
    }
    expect(one.asked.length).toBe(before)
  })

  it('is no reason to change anything: other methods are refused', async () => {
    const [url = ''] = urlsIn(await sharedPage(acme, one))
    const headers = { origin: stack.publicUrl, 'sec-fetch-site': 'same-origin' }
    for (const method of ['POST', 'PUT', 'DELETE']) {
      expect((await acme.script(url, { method, headers })).status).toBe(404)
    }
    const head = await acme.script(url, { method: 'HEAD' })
    expect([head.status, head.text]).toEqual([200, ''])
  })
})

describe('without its folder', () => {
  const folderOfFirst = () => join(folder, '0')
  // Each begins whatever the one before it left; a write may be under way, and make the folder anew.
  const lose = () => rm(folderOfFirst(), { recursive: true, force: true, maxRetries: 50 })
  const lost = {
    gone: lose,
    'a file': async () => {
      await lose()
      await writeFile(folderOfFirst(), '')
    },
  }

  it.each(Object.entries(lost))('everything goes on: it is %s', async (_, happen) => {
    await sharedPage(acme, one)
    await eventually(
      () =>
        happen().then(
          () => true,
          () => false,
        ),
      (hasHappened) => hasHappened,
    )
    deploy(one, randomUUID())
    const page = await sharedPage(acme, one)
    for (const url of [...urlsIn(page), chunkOf(page, 'dash/dcc/async-graph.js')]) {
      expect((await askFor(acme, url, one)).status).toBe(200)
    }
  })
})
