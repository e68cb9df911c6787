import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { createBrotliDecompress, createGunzip, createZstdDecompress } from 'node:zlib'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { httpServer } from '../test-support/local-server.ts'
import { assign, untilServed } from './support/assigned.ts'
import { eventually, signedIn, stack } from './support/stack.ts'
import { asScript, type Visitor } from './support/visitor.ts'

const decoder = { zstd: createZstdDecompress, br: createBrotliDecompress, gzip: createGunzip }

const slug = 'streaming-app'
const callback = `/dashboard/${slug}/_dash-update-component`
let acme: Visitor
let app: Awaited<ReturnType<typeof httpServer>>
/** Resolves when the app's stream has been broken off. */
let brokenOff: Promise<unknown>
let writeLine: (line: string) => void
let unassign: () => Promise<void>

beforeAll(async () => {
  app = await httpServer((_request, response) => {
    brokenOff = once(response, 'close')
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    writeLine = (line) => void response.write(`${line}\n`)
    writeLine('{"line":1}')
  })
  unassign = await assign(slug, app.url)
  acme = await signedIn('viewer@acme.test')
  await untilServed(acme, 'reserve-variability')
})
afterAll(async () => {
  await unassign?.()
  await app[Symbol.asyncDispose]()
})

const ask = (path: string, coding: string, method: 'GET' | 'POST' = 'GET') =>
  request(`${stack.publicUrl}${path}`, {
    method,
    headers: {
      ...asScript,
      origin: stack.publicUrl,
      cookie: acme.cookies.header,
      'accept-encoding': coding,
    },
    body: method === 'POST' ? '{}' : null,
  })

describe.each(['zstd', 'br', 'gzip'] as const)('for a browser that takes %s', (coding) => {
  it.each(['_dash-layout', '_dash-dependencies'])(
    '%s of a dashboard is sent in it',
    async (rest) => {
      const path = `/dashboard/reserve-variability/${rest}`
      const plain = await ask(path, 'identity')
      const coded = await ask(path, coding)
      expect([plain.headers['content-encoding'], coded.headers['content-encoding']]).toEqual([
        undefined,
        coding,
      ])
      expect(coded.headers['vary']).toMatch(/\bAccept-Encoding\b/)
      expect(Number(coded.headers['content-length'])).toBeLessThan(
        Number(plain.headers['content-length']) / 2,
      )
      expect(await text(coded.body.pipe(decoder[coding]()))).toBe(await plain.body.text())
    },
  )

  it('a stream is sent in it, line by line, and ends at the app when nobody reads on', async () => {
    const { body, headers } = await eventually(
      () => ask(callback, coding, 'POST'),
      ({ statusCode }) => statusCode === 200,
    )
    expect(headers['content-encoding']).toBe(coding)
    const lines = body.pipe(decoder[coding]())
    const next = async () => String(((await once(lines, 'data')) as [Buffer])[0])
    expect(await next()).toBe('{"line":1}\n')
    writeLine('{"line":2}')
    expect(await next()).toBe('{"line":2}\n')
    body.on('error', () => {}).destroy()
    await brokenOff
  })
})
