import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bundleOf, isShareable, parseSuitePath } from './suite-path.ts'

describe('the path of a suite’s file', () => {
  it.each([
    [
      'dash/dcc/dash_core_components.v4_4_1m1795435246.js',
      'dash/dcc/dash_core_components.js',
      '4_4_1',
    ],
    ['dash/deps/react@18.v4_4_1m17.3.1.min.js', 'dash/deps/react@18.3.1.min.js', '4_4_1'],
    ['own/own.v1_0-rc1m0f.js', 'own/own.js', '1_0-rc1'],
    ['dash/dcc/async-graph.js', 'dash/dcc/async-graph.js', undefined],
    ['plotly/package_data/plotly.min.js', 'plotly/package_data/plotly.min.js', undefined],
    ['own/a.v1.js', 'own/a.v1.js', undefined],
    ['own/v1m1.js', 'own/v1m1.js', undefined],
    ['own.v1m1.x/a.js', 'own.v1m1.x/a.js', undefined],
  ])('%s is %s, version %s', (named, path, version) => {
    expect(parseSuitePath(named)).toEqual({ path, version })
  })

  it('is the same for every time that a file can have', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (one, other) => {
        const at = (time: number) => parseSuitePath(`dash/dcc/x.v4_4_1m${time}.min.js`)
        expect(at(one)).toEqual(at(other))
      }),
    )
  })

  it.each([
    'dash/dash-renderer/build/dash-ws-worker.js',
    'dash/dash-renderer/build/dash-ws-worker.v4_4_1m1.js',
    'dash/dcc/dash_core_components.js.map',
    'dash/dcc/../../admin.js',
    'dash//a.js',
    './a.js',
    '/a.js',
    'a.js?tenant=acme',
    'a%2fb.js',
    'a b.js',
    'a;b.js',
    '',
    'x'.repeat(400) + '.js',
  ])('is not shared where it is %j', (path) => {
    expect(isShareable(path)).toBe(false)
  })

  it.each(['dash/dcc/async-graph.js', 'dash/deps/react@18.3.1.min.js', 'own/look.css', 'o/c++.js'])(
    'is shared where it is %s',
    (path) => expect(isShareable(path)).toBe(true),
  )
})

describe('a chunk', () => {
  const named = ['dash/dcc/dcc.js', 'dash/dash_table/bundle.js', 'own/own.js', 'own/deep/more.js']

  it.each([
    ['dash/dcc/async-graph.js', 'dash/dcc/dcc.js'],
    ['own/deep/chunks/1.js', 'own/deep/more.js'],
    ['own/other/1.js', 'own/own.js'],
    ['dash/html/x.js', undefined],
    ['other/dcc.js', undefined],
    ['dash/dccx/a.js', undefined],
    ['top.js', undefined],
  ])('%s belongs to %s', (chunk, bundle) => {
    expect(bundleOf(chunk, named)).toBe(bundle)
  })
})
