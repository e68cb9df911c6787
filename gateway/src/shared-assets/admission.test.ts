import { describe, expect, it } from 'vitest'
import { admit } from './admission.ts'

const good = { 'content-type': 'text/javascript; charset=utf-8', 'content-length': '10' }
const answer = (headers: Record<string, string | string[]>, statusCode = 200) => ({
  statusCode,
  headers: { ...good, ...headers },
})

describe('V27: what may be kept for everybody', () => {
  it.each([
    [{ 'cache-control': 'max-age=31536000' }, 'js'],
    [{ 'cache-control': 'public, max-age=31536000', vary: 'Accept-Encoding' }, 'js'],
    [{ 'content-type': 'application/javascript' }, 'js'],
    [{ 'content-type': 'text/css; charset=utf-8' }, 'css'],
    [{ 'content-encoding': 'identity', etag: '"x"' }, 'js'],
  ])('is a script or a stylesheet: %j', (headers, type) => {
    expect(admit(answer(headers))).toBe(type)
  })

  it.each([
    [{ 'set-cookie': 'a=b' }],
    [{ 'set-cookie': ['a=b', 'c=d'] }],
    [{ vary: 'Cookie' }],
    [{ vary: '*' }],
    [{ vary: ['Accept-Encoding', 'X-Tenant-Id'] }],
    [{ vary: 'accept-encoding, authorization' }],
    [{ 'cache-control': 'private' }],
    [{ 'cache-control': 'max-age=1, No-Store' }],
    [{ 'cache-control': 'private="set-cookie"' }],
    [{ 'content-encoding': 'gzip' }],
    [{ 'content-type': 'text/html; charset=utf-8' }],
    [{ 'content-type': 'application/json' }],
    [{ 'content-type': 'text/javascript-or-not' }],
    [{ 'content-type': '' }],
    [{ 'content-length': String(64 * 1024 * 1024) }],
  ])('is none of an answer that says %j', (headers) => {
    expect(admit(answer(headers))).toBeUndefined()
  })

  it.each([204, 206, 301, 302, 304, 401, 404, 500])('is none of an answer of %i', (status) => {
    expect(admit(answer({}, status))).toBeUndefined()
  })
})
