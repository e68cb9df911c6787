import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogger } from './logger.ts'

function logged(message: string, facts: object): string {
  const lines: string[] = []
  createLogger('info', { write: (line) => void lines.push(line) }).info(message, facts)
  return lines.join('')
}

const jwt = `eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(20)}.${'b'.repeat(20)}`
const sealed = 'Fe26.2*1*abc*def'

describe('B7: a line of the log', () => {
  it.each([
    ['by its key', { accessToken: 'canary-1' }],
    ['by its key, further in', { request: { headers: [{ Cookie: 'canary-1' }] } }],
    ['that came back with a code', { code: 'canary-1' }],
    ['in a text', { note: `see ${jwt}` }],
    ['in a path', { path: `/x/${sealed}` }],
    ['in an error', { error: new Error(`no ${jwt}`, { cause: new Error(sealed) }) }],
    ['as a header', { note: 'Authorization: Bearer canary-1' }],
    ['as basic authentication', { note: 'basic canary-1' }],
    ['as a cookie by its name', { note: '__Host-Http-session=canary-1; Path=/' }],
    ['in a connection string', { note: 'AccountName=a;AccountKey=canary-1;EndpointSuffix=b' }],
    ['in the address of a database', { note: 'postgres://gateway:canary-1@db.test/dashgate' }],
    ['in a signed URL', { note: 'https://a.test/x?sv=1&sig=canary-1&se=2' }],
    ['in a form', { note: 'grant_type=refresh_token&refresh_token=canary-1' }],
    [
      'as a private key',
      { note: '-----BEGIN PRIVATE KEY-----\ncanary-1\n-----END PRIVATE KEY-----' },
    ],
    ['of a query', { error: new Error('failed\nparams: canary-1') }],
  ])('holds no secret that is known %s', (_, facts) => {
    const line = logged('something', facts)
    for (const secret of ['canary-1', jwt, sealed]) expect(line).not.toContain(secret)
    expect(() => JSON.parse(line) as unknown).not.toThrow()
  })

  it('holds no secret, wherever it is and whatever is beside it', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('cookie', 'X-Tenant-Token', 'state', 'path'))
    const url = 'postgres://me:canary-1@db.test/x'
    const bearer = 'Bearer canary-1'
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom(jwt, `a ${sealed} b`, url, bearer),
      fc.double(),
    )
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (facts) => {
        const line = logged('something', facts)
        expect(line).not.toContain(jwt)
        expect(line).not.toContain(sealed)
        expect(line).not.toContain('canary-1')
        expect(line.trimEnd()).not.toContain('\n')
      }),
    )
  })

  it('says what was said, with level and time', () => {
    expect(JSON.parse(logged('hello', { tenant_id: 'acme', status: 200 }))).toEqual({
      level: 'info',
      message: 'hello',
      tenant_id: 'acme',
      status: 200,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    })
  })
})
