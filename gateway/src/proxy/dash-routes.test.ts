import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dashRoute, type DashRequest } from './dash-routes.ts'

const ask = (rest: string, changes: Partial<DashRequest> = {}) =>
  dashRoute({
    method: 'GET',
    isUpgrade: false,
    rest,
    query: '',
    serviceWorker: undefined,
    ...changes,
  })
const handle = `42~${'a'.repeat(64)}`

describe('dashRoute', () => {
  it.each([
    ['', 'page'],
    ['bootstrap', 'page'],
    ['reports/2024/q1', 'page'],
    ['_dash-layout', 'layout'],
    ['_dash-dependencies', 'dependencies'],
    ['_dash-component-suites/dash/dcc/dash_core_components.v4m1.js', 'asset'],
    ['assets/style.css', 'asset'],
    ['_favicon.ico', 'asset'],
  ])('passes GET %j as %s', (rest, route) => {
    expect(ask(rest)).toBe(route)
    expect(ask(rest, { method: 'HEAD' })).toBe(route)
  })

  it('passes callbacks by POST only, since Dash answers a GET with a page', () => {
    expect(ask('_dash-update-component', { method: 'POST' })).toBe('callback')
    expect(ask('_dash-update-component')).toBeUndefined()
  })

  it('H4: passes upgrades to the callback socket and nowhere else', () => {
    expect(ask('_dash-ws-callback', { isUpgrade: true })).toBe('socket')
    expect(ask('_dash-ws-callback')).toBeUndefined()
    expect(ask('', { isUpgrade: true })).toBeUndefined()
  })

  it.each([
    '_mcp',
    '_mcp/x',
    '_reload-hash',
    '_alive_abc',
    '_dash-anything',
    '_dash-layout/x',
    'docs',
    'redoc',
    'openapi.json',
    '_dash-component-suites',
    '__proto__',
    '_dash_startup_route/x',
  ])('passes nothing to %s', (rest) => {
    expect(ask(rest)).toBeUndefined()
  })

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'get'])('knows no method %s', (method) => {
    expect(ask('', { method })).toBeUndefined()
    expect(ask('_dash-update-component', { method })).toBeUndefined()
  })

  it.each(['job', 'oldJob', 'cancelJob', 'cacheKey'])('V49: wants a signed %s', (key) => {
    const poll = { method: 'POST' }
    expect(ask('_dash-update-component', { ...poll, query: `?${key}=${handle}` })).toBe('callback')
    expect(ask('_dash-update-component', { ...poll, query: `?${key}=42` })).toBeUndefined()
    expect(
      ask('_dash-update-component', { ...poll, query: `?${key}=${handle}&${key}=42` }),
    ).toBeUndefined()
  })

  it('R9: keeps the debugger and service workers out', () => {
    expect(ask('', { query: '?__debugger__=yes' })).toBeUndefined()
    expect(ask('assets/worker.js', { serviceWorker: 'script' })).toBeUndefined()
  })

  it('R9: passes no path that begins with an underscore and is not one of the six', () => {
    const known = [
      '_dash-layout',
      '_dash-dependencies',
      '_dash-update-component',
      '_dash-component-suites',
      '_favicon.ico',
      '_dash-ws-callback',
    ]
    fc.assert(
      fc.property(fc.stringMatching(/^_[a-z_-]{0,20}(\/[a-z]{0,5})?$/), (rest) => {
        fc.pre(!known.includes(rest.split('/')[0] ?? ''))
        for (const method of ['GET', 'POST']) expect(ask(rest, { method })).toBeUndefined()
      }),
    )
  })
})
