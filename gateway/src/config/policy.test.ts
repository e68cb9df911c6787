import { describe, expect, it } from 'vitest'
import { exceptionWarnings, policy } from './policy.ts'

const field = policy.shape.CSP_EXCEPTIONS
const read = (value: unknown) => field.safeParse(JSON.stringify(value))

describe('CSP_EXCEPTIONS', () => {
  it('is nothing when it is not set', () => {
    expect(field.parse(undefined)).toEqual({})
  })

  it('takes origins for directives that fetch something, and eval for scripts', () => {
    const exceptions = {
      maps: { 'connect-src': ['https://tiles.example:8443', 'wss://live.example'] },
      old: { 'script-src': ["'unsafe-eval'"] },
    }
    expect(read(exceptions).data).toEqual(exceptions)
  })

  it.each([
    '*',
    'https:',
    'https://*.example',
    'https://*',
    'http://tiles.example',
    'data:',
    'blob:',
    "'self'",
    "'none'",
    "'unsafe-inline'",
    "'unsafe-hashes'",
    "'strict-dynamic'",
    "'nonce-abc'",
    'https://tiles.example/',
    'https://tiles.example/path',
    'https://tiles.example;script-src *',
    "https://tiles.example 'unsafe-inline'",
    'https://tiles.example, default-src *',
    'https://a.example;sandbox',
    'https://a.example,*',
    'https://user@tiles.example',
    'HTTPS://TILES.EXAMPLE',
    'tiles.example',
    '',
  ])('refuses the source %j', (source) => {
    expect(read({ maps: { 'script-src': [source] } }).success).toBe(false)
    expect(read({ maps: { 'connect-src': [source] } }).success).toBe(false)
  })

  it("refuses 'unsafe-eval' where it means nothing", () => {
    expect(read({ maps: { 'style-src-elem': ["'unsafe-eval'"] } }).success).toBe(false)
  })

  it.each([
    'default-src',
    'frame-ancestors',
    'form-action',
    'base-uri',
    'object-src',
    'style-src-attr',
    'sandbox',
    'report-uri',
    'script-src *; img-src',
  ])('refuses the directive %s', (directive) => {
    expect(read({ maps: { [directive]: ['https://tiles.example'] } }).success).toBe(false)
  })

  it.each([
    [{ 'No slug': { 'img-src': ['https://a.example'] } }],
    [{ maps: { 'img-src': [] } }],
    [{ maps: ['https://a.example'] }],
    [[]],
    ['x'],
    [null],
  ])('refuses %j', (value) => {
    expect(read(value).success).toBe(false)
  })

  it('says what it must be when it is no JSON at all', () => {
    expect(field.safeParse('{maps').error?.issues[0]?.message).toMatch(/must be a JSON object/)
  })
})

describe('exceptionWarnings', () => {
  it('names each source of each dashboard, and eval in words', () => {
    const lines = exceptionWarnings({
      maps: { 'connect-src': ['https://a.example', 'https://b.example'] },
      old: { 'script-src': ["'unsafe-eval'"] },
    })
    expect(lines).toEqual([
      'CSP_EXCEPTIONS: dashboard maps may reach https://a.example (connect-src)',
      'CSP_EXCEPTIONS: dashboard maps may reach https://b.example (connect-src)',
      expect.stringMatching(/dashboard old runs text as script \('unsafe-eval'\)/),
    ])
  })
})
