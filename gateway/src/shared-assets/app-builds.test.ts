import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createAppBuilds, type FetchedAsset, type NamedAssets } from './app-builds.ts'
import { createBuilds, type SharedApp } from './builds.ts'
import { createChunks } from './chunks.ts'
import { hashOf } from './content-store.ts'

const loss: SharedApp = { slug: 'loss', appUrl: 'http://one' }
const claims: SharedApp = { slug: 'claims', appUrl: 'http://two' }
const noDisk = { read: () => Promise.resolve(undefined), write: () => Promise.resolve() }

/** What each app has, by slug and path without a fingerprint; what it was asked for. */
let has: Map<string, string>
let asked: string[]
let faults: unknown[]
let now: number
let hold: Promise<void>

const fetchAsset = async ({ slug }: SharedApp, raw: string): Promise<FetchedAsset | undefined> => {
  asked.push(`${slug} ${raw}`)
  await hold
  const text = has.get(`${slug} ${raw.replace(/\.v\w+m\w+(?=\.)/, '')}`)
  return text === undefined ? undefined : { bytes: Buffer.from(text), type: 'js' }
}

function create() {
  const builds = createBuilds(noDisk)
  const contents = { put: hashOf }
  const appBuilds = createAppBuilds({
    fetchAsset,
    contents,
    builds,
    onFault: (_app, cause) => void faults.push(cause),
    now: () => now,
  })
  const chunks = createChunks({ fetchAsset, contents, builds, appBuilds })
  const known = (app: SharedApp, names: NamedAssets) =>
    vi.waitUntil(() => appBuilds.ofPage(app, names), { timeout: 10_000 })
  return { appBuilds, chunks, builds, known }
}

const page = (time = 1, versions = '7.1.0'): NamedAssets => ({
  paths: [`dash/dcc/dcc.v4m${time}.js`, `dash/html/html.v4m${time}.js`],
  versions,
})

beforeEach(() => {
  asked = []
  faults = []
  now = 1_000_000
  hold = Promise.resolve()
  has = new Map()
  for (const slug of ['loss', 'claims']) {
    has.set(`${slug} dash/dcc/dcc.js`, 'dcc')
    has.set(`${slug} dash/html/html.js`, 'html')
    has.set(`${slug} dash/dcc/async-graph.js`, 'graph')
    has.set(`${slug} plotly/package_data/plotly.min.js`, 'plotly')
  }
})

describe('what pages of an app are made of', () => {
  it('is found out once, and not while a page waits', async () => {
    const { appBuilds, known } = create()
    const release = Promise.withResolvers<void>()
    hold = release.promise
    for (let visit = 0; visit < 5; visit += 1) {
      expect(appBuilds.ofPage(loss, page())).toBeUndefined()
    }
    release.resolve()
    const { build, urls } = await known(loss, page())
    expect([...urls]).toEqual([
      ['dash/dcc/dcc.v4m1.js', `/_shared/${build}/_dash-component-suites/dash/dcc/dcc.js`],
      ['dash/html/html.v4m1.js', `/_shared/${build}/_dash-component-suites/dash/html/html.js`],
    ])
    expect(asked).toHaveLength(3)
    expect(appBuilds.latest(loss)?.build).toBe(build)
  })

  it('is the same for apps with the same files, whatever their times are', async () => {
    const { known } = create()
    const builds = [
      await known(loss, page(1)),
      await known(loss, page(2)),
      await known(claims, page(3)),
    ].map(({ build }) => build)
    expect(new Set(builds).size).toBe(1)
  })

  it.each([
    ['a bundle', 'loss dash/dcc/dcc.js', page(2)],
    ['plotly.js, which no page names', 'loss plotly/package_data/plotly.min.js', page(1, '7.2.0')],
  ])('is another build with another %s', async (_, path, names) => {
    const { known } = create()
    const before = await known(loss, page())
    has.set(path, 'other')
    expect((await known(loss, names)).build).not.toBe(before.build)
  })

  it('is looked at again, so that what shows in no name is found', async () => {
    const { appBuilds, known } = create()
    const before = await known(loss, page())
    has.set('loss dash/dcc/dcc.js', 'changed in place')
    expect(appBuilds.ofPage(loss, page())).toBe(before)
    now += 30_000
    await vi.waitUntil(() => appBuilds.ofPage(loss, page())?.build !== before.build)
  })

  it('stays unknown where a file cannot be shared, and is not asked for again and again', async () => {
    const { appBuilds } = create()
    has.delete('loss dash/html/html.js')
    appBuilds.ofPage(loss, page())
    await vi.waitUntil(() => faults.length > 0)
    for (let visit = 0; visit < 5; visit += 1) {
      expect(appBuilds.ofPage(loss, page())).toBeUndefined()
    }
    expect(asked).toHaveLength(2)
  })

  it('makes an app no more than one work at a time, whatever its pages name', async () => {
    const { appBuilds } = create()
    const release = Promise.withResolvers<void>()
    hold = release.promise
    for (let time = 0; time < 100; time += 1) appBuilds.ofPage(loss, page(time))
    expect(asked).toHaveLength(1)
    release.resolve()
  })

  it('is nothing where a page names nothing, or far too much', () => {
    const { appBuilds } = create()
    const many = Array.from({ length: 500 }, (_, index) => `own/${index}.js`)
    for (const paths of [[], many]) appBuilds.ofPage(loss, { paths, versions: '' })
    expect(asked).toEqual([])
  })
})

describe('a chunk', () => {
  const path = 'dash/dcc/async-graph.js'

  it('is asked for once, and then its bundle, to see that the app has not moved on', async () => {
    const { chunks, builds, known } = create()
    const { build } = await known(loss, page())
    asked = []
    const answers = await Promise.all([1, 2, 3].map(() => chunks.fetch(loss, build, path)))
    expect(answers.every((chunk) => chunk?.file.hash === hashOf(Buffer.from('graph')))).toBe(true)
    expect(asked).toEqual([`loss ${path}`, 'loss dash/dcc/dcc.v4m1.js'])
    expect(await builds.find(build, loss, path)).toBeDefined()
  })

  it('of an app that has moved on is none', async () => {
    const { chunks, known } = create()
    const { build } = await known(loss, page())
    has.set(`loss ${path}`, 'graph of the next build')
    has.set('loss dash/dcc/dcc.js', 'dcc of the next build')
    expect(await chunks.fetch(loss, build, path)).toBeUndefined()
  })

  it('beside no named file, or of a build that the app does not have, is not asked for', async () => {
    const { chunks, known } = create()
    const { build } = await known(loss, page())
    asked = []
    expect(await chunks.fetch(loss, build, 'other/async.js')).toBeUndefined()
    expect(await chunks.fetch(claims, build, path)).toBeUndefined()
    expect(await chunks.fetch(loss, '0'.repeat(32), path)).toBeUndefined()
    expect(asked).toEqual([])
  })

  it('that is missing is not asked for again at once', async () => {
    const { chunks, known } = create()
    const { build } = await known(loss, page())
    asked = []
    for (let times = 0; times < 5; times += 1) {
      expect(await chunks.fetch(loss, build, 'dash/dcc/none.js')).toBeUndefined()
    }
    expect(asked).toHaveLength(1)
  })

  it('that differs from that of other apps sets its app apart, and is not kept', async () => {
    const { appBuilds, chunks, known } = create()
    const { build } = await known(loss, page())
    await known(claims, page())
    await chunks.fetch(loss, build, path)
    has.set(`claims ${path}`, 'graph with something put in')
    const chunk = await chunks.fetch(claims, build, path)
    expect(chunk?.isCommon).toBe(false)
    await vi.waitUntil(() => appBuilds.ofPage(claims, page())?.build !== build)
    expect((await known(loss, page())).build).toBe(build)
  })
})
