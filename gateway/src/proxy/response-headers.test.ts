import { describe, expect, it } from 'vitest'
import { downstreamHeaders } from './response-headers.ts'

const base = '/dashboard/loss/'
const locationOf = (location: string) => downstreamHeaders({ location }, base)['location']

describe('downstreamHeaders', () => {
  it('passes what describes the content', () => {
    const headers = {
      'content-type': 'text/css',
      etag: '"x"',
      'cache-control': 'no-cache',
      'content-disposition': 'attachment',
    }
    expect(downstreamHeaders(headers, base)).toEqual(headers)
  })

  it.each([
    'set-cookie',
    'server',
    'service-worker-allowed',
    'content-security-policy',
    'transfer-encoding',
    'access-control-allow-origin',
    'x-gateway-error',
    'clear-site-data',
    'strict-transport-security',
  ])('R10: withholds %s', (name) => {
    expect(downstreamHeaders({ [name]: 'x' }, base)).toEqual({})
  })

  it.each([
    'www-authenticate',
    'refresh',
    'link',
    'x-accel-redirect',
    'x-sendfile',
    'speculation-rules',
    'cdn-cache-control',
    'via',
    'x-anything',
  ])('withholds %s, which nobody has put on the list', (name) => {
    expect(downstreamHeaders({ [name]: 'x' }, base)).toEqual({})
  })

  it('H1: survives a Connection field that came twice', () => {
    const headers = { connection: ['close', 'etag'] as never, etag: '"x"', 'content-type': 'a/b' }
    expect(downstreamHeaders(headers, base)).toEqual({ 'content-type': 'a/b' })
  })

  it('V41, H1: withholds what Connection names, in any letter case', () => {
    expect(
      downstreamHeaders({ connection: 'X-Internal , close', 'x-internal': 'canary' }, base),
    ).toEqual({})
  })

  it('makes a path of a Location that names the app or us', () => {
    expect(locationOf('http://dash.example/dashboard/loss/page?a=1')).toBe(
      '/dashboard/loss/page?a=1',
    )
  })

  it('escapes the UTF-8 of a Location once', () => {
    const bytes = Buffer.from('/dashboard/loss/déjà?q=é').toString('latin1')
    expect(locationOf(bytes)).toBe('/dashboard/loss/d%C3%A9j%C3%A0?q=%C3%A9')
  })

  it('undoes the doubled prefix of redirect_from', () => {
    expect(locationOf('/dashboard/loss/dashboard/loss/new')).toBe('/dashboard/loss/new')
  })

  it.each([
    'https://evil.example/',
    '//evil.example/x',
    '/logout',
    '/dashboard/other/',
    'javascript:alert(1)',
    'http://[',
    '/dashboard/loss/../other/',
  ])('R10: keeps the redirect to %s inside of the dashboard', (location) => {
    expect(locationOf(location)).toBe(base)
  })
})
