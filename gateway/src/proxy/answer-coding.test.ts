import { describe, expect, it } from 'vitest'
import { codingOf } from './answer-coding.ts'

const json = { 'content-type': 'application/json', 'content-length': '5000' }

interface Case {
  readonly route?: Parameters<typeof codingOf>[0]
  readonly method?: string
  readonly statusCode?: number
  readonly headers?: Record<string, string>
  readonly accepts?: string
}

const coding = ({
  route = 'callback',
  method = 'POST',
  statusCode = 200,
  headers = json,
  accepts = 'gzip, deflate, br, zstd',
}: Case) => codingOf(route, method, { statusCode, headers }, accepts)

describe('an answer of an app', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'zstd'],
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['*', 'zstd'],
    ['zstd;q=0, br;q=0.1', 'br'],
    ['identity', undefined],
    ['', undefined],
  ])('is sent to a client that takes "%s" in the fastest of them: %s', (accepts, expected) => {
    expect(coding({ accepts })).toBe(expected)
  })

  it.each<[string, Case]>([
    ['layouts', { route: 'layout', method: 'GET' }],
    ['dependencies', { route: 'dependencies', method: 'GET' }],
    ['streams of lines', { headers: { 'content-type': 'application/x-ndjson' } }],
    ['JSON of another kind', { headers: { 'content-type': 'application/problem+json' } }],
    ['text', { headers: { 'content-type': 'text/event-stream; charset=utf-8' } }],
  ])('is coded: %s', (_, one) => {
    expect(coding(one)).toBe('zstd')
  })

  it.each<[string, Case]>([
    ['it is short', { headers: { ...json, 'content-length': '840' } }],
    ['it is empty', { statusCode: 204, headers: {} }],
    ['it failed', { statusCode: 500 }],
    ['it is a part', { statusCode: 206, headers: { ...json, 'content-range': 'bytes 0-1/2' } }],
    ['the app has coded it', { headers: { ...json, 'content-encoding': 'gzip' } }],
    ['the app forbids it', { headers: { ...json, 'cache-control': 'private, no-transform' } }],
    ['only its head is asked for', { route: 'layout', method: 'HEAD' }],
    ['it is no text', { headers: { ...json, 'content-type': 'application/octet-stream' } }],
    ['it says no type', { headers: { 'content-length': '5000' } }],
    ['it is a page, which mixes what others sent with nonces', { route: 'page', method: 'GET' }],
    ['it is a file', { route: 'asset', method: 'GET' }],
  ])('is left as it is when %s', (_, one) => {
    expect(coding(one)).toBeUndefined()
  })

  it('is left as it is for a client that says nothing of codings', () => {
    expect(codingOf('callback', 'POST', { statusCode: 200, headers: json }, undefined)).toBe(
      undefined,
    )
  })
})
