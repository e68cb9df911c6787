import { describe, expect, it } from 'vitest'
import type { AppBuild } from './app-builds.ts'
import { createFirstLoads } from './first-load.ts'

const app = { slug: 'loss', appUrl: 'http://app' }
const build = (name: string): AppBuild => ({
  build: name,
  urls: new Map(),
  named: new Map(),
  plotlyUrl: undefined,
})
const page = '/dashboard/loss/'
const url = (name: string, file: string) => `/_shared/${name}/_dash-component-suites/${file}`

describe('what a page asks for late', () => {
  it('is known once a page has asked for it', () => {
    const loads = createFirstLoads()
    loads.pageServed('acme', app, build('b'))
    expect(loads.urlsFor('acme', app, page)).toEqual([])
    for (const file of ['plotly.js', 'graph.js', 'plotly.js']) {
      loads.lateFile('acme', page, 'b', file)
    }
    expect(loads.urlsFor('acme', app, page)).toEqual([url('b', 'plotly.js'), url('b', 'graph.js')])
  })

  it('is of this tenant, this page and the build that the app has now', () => {
    const loads = createFirstLoads()
    for (const tenant of ['acme', 'globex']) loads.pageServed(tenant, app, build('b'))
    loads.lateFile('acme', page, 'b', 'graph.js')
    expect(loads.urlsFor('globex', app, page)).toEqual([])
    expect(loads.urlsFor('acme', app, `${page}other`)).toEqual([])
    expect(loads.urlsFor('acme', { ...app, appUrl: 'http://other' }, page)).toEqual([])
    loads.pageServed('acme', app, build('c'))
    expect(loads.urlsFor('acme', app, page)).toEqual([])
  })

  it('is not without end', () => {
    const loads = createFirstLoads()
    loads.pageServed('acme', app, build('b'))
    for (let file = 0; file < 1000; file += 1) loads.lateFile('acme', page, 'b', `${file}.js`)
    expect(loads.urlsFor('acme', app, page).length).toBeLessThan(50)
  })
})
